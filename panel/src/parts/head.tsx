import type { ComponentChildren } from "preact";

/** A page's head: title, what belongs beside it. */
export function Head({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="head">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
