import { place } from "../router.ts";
import { Icon, type IconName } from "./icons.tsx";

export type PageName = "overview" | "signals" | "orders" | "channels" | "risk" | "events" | "settings" | "more";
export interface Entry {
  page: PageName;
  title: string;
  icon: IconName;
}

export const PAGES: readonly Entry[] = [
  { page: "overview", title: "Overview", icon: "overview" },
  { page: "signals", title: "Signals", icon: "signals" },
  { page: "orders", title: "Orders", icon: "orders" },
  { page: "channels", title: "Channels", icon: "channels" },
  { page: "risk", title: "Risk", icon: "risk" },
  { page: "events", title: "Events", icon: "events" },
  { page: "settings", title: "Settings", icon: "settings" },
];
export const MORE: Entry = { page: "more", title: "More", icon: "more" };

export function NavLink({ entry }: { entry: Entry }) {
  const here = place.value.page === entry.page || (entry.page === "signals" && place.value.page === "trace");
  return (
    <a class="nav" href={`#/${entry.page}`} aria-current={here ? "page" : undefined}>
      <Icon name={entry.icon} />
      <span>{entry.title}</span>
    </a>
  );
}
