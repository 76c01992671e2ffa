// Pages live behind the hash, since the paths belong to the API.

import { signal } from "@preact/signals";

export interface Place {
  page: string;
  /** What follows the page's name, such as a trace id. */
  rest: string;
}

export function parse(hash: string): Place {
  const [page = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  return { page: page === "" ? "overview" : page, rest: decodeURIComponent(rest.join("/")) };
}

export const place = signal<Place>(parse(location.hash));

addEventListener("hashchange", () => {
  place.value = parse(location.hash);
  scrollTo(0, 0);
});

export function go(to: string): void {
  location.hash = to;
}
