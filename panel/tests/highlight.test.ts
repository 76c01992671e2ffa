import { describe, expect, it } from "vitest";

import type { FieldSpan } from "../src/api/types.ts";
import { marks } from "../src/signals/highlight.ts";

/** The marked pieces as `field:text`. */
function marked(text: string, spans: FieldSpan[]): string[] {
  return marks(text, spans).map(({ field, start, end }) => `${field}:${text.slice(start, end)}`);
}

describe("spans in characters become pieces of the text", () => {
  it("counts emoji, joined emoji and flags as the service does", () => {
    const text = "🚀👨‍👩‍👧🇹🇷 LONG #BTC 🎯 2";
    const characters = [...text];
    const place = (piece: string) => {
      const start = characters.findIndex((_, at) => characters.slice(at).join("").startsWith(piece));
      return { start, end: start + [...piece].length };
    };
    const spans: FieldSpan[] = [
      { field: "side", ...place("LONG") },
      { field: "symbol", ...place("#BTC") },
      { field: "target", ...place("2") },
    ];
    expect(spans[0]!.start).toBe(9);
    expect(marked(text, spans)).toEqual(["side:LONG", "symbol:#BTC", "target:2"]);
  });

  it("marks the first of two that overlap", () => {
    const spans: FieldSpan[] = [
      { field: "entry", start: 0, end: 3 },
      { field: "target", start: 2, end: 5 },
      { field: "stop", start: 5, end: 6 },
    ];
    expect(marked("abcdef", spans)).toEqual(["entry:abc", "stop:f"]);
  });

  it("never leaves the text", () => {
    expect(marked("abc", [{ field: "stop", start: 1, end: 9 }])).toEqual([]);
    expect(marked("abc", [{ field: "stop", start: 2, end: 2 }])).toEqual([]);
    expect(marked("", [])).toEqual([]);
  });
});
