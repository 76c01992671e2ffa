// Lists as files, written by the service: with the digits of its decimals.

import { address, page, type Query } from "../api/client.ts";

const PAGE = 1_000;
const MOST_PAGES = 100;

/** Every page of the list as one CSV; its rows, and whether there were more than are taken. */
export async function csv(path: string, query: Query): Promise<{ text: string; rows: number; cut: boolean }> {
  let text = "";
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const part = await page(address(path, { ...query, format: "csv", limit: PAGE, cursor }));
    // Each page begins with the columns' names.
    text += text === "" ? part.text : part.text.slice(part.text.indexOf("\n") + 1);
    cursor = part.next;
    if (cursor === undefined) break;
  }
  return { text, rows: Math.max(0, text.trimEnd().split("\n").length - 1), cut: cursor !== undefined };
}

/** Hands a file to the viewer, without asking anybody. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
