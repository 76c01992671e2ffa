import { Head } from "../parts/head.tsx";
import { NavLink, PAGES } from "../parts/nav.tsx";

/** The rest of the pages, for a phone's bar. */
export function MorePage() {
  return (
    <>
      <Head title="More" />
      <nav class="more" aria-label="All pages">
        {PAGES.map((entry) => (
          <NavLink key={entry.page} entry={entry} />
        ))}
      </nav>
    </>
  );
}
