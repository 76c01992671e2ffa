import { describe, expect, it } from "vitest";

import type { SignalFields } from "../src/api/types.ts";
import { numbers, spans } from "../src/signals/highlight.ts";

const none: SignalFields = { symbol: null, entries: [], tps: [], sl: null, leverage: null };

/** The marked pieces as `kind:text`. */
function marked(text: string, fields: Partial<SignalFields>, reasons: string[] = []): string[] {
  return spans(text, { ...none, ...fields }, reasons).map((span) => `${span.kind}:${text.slice(span.start, span.end)}`);
}

describe("what the parser read is found again in the message", () => {
  it("marks pair, entries, targets, stop and leverage", () => {
    const text = "#BTC/USDT long 5x\nEntry 66000-66500\nTP1 67,500 TP2 69k\nSL 65 200";
    const fields = { symbol: "BTCUSDT", entries: [66000, 66500], tps: [67500, 69000], sl: 65200, leverage: 5 };
    expect(marked(text, fields, ['side word "long"'])).toEqual([
      "symbol:#BTC/USDT",
      "side:long",
      "leverage:5",
      "entry:66000",
      "entry:66500",
      "target:67,500",
      "target:69k",
      "stop:65 200",
    ]);
  });

  it("keeps percentages and prices apart", () => {
    const text = "ETH buy 2, target 2%, stop 1.5 %";
    expect(marked(text, { symbol: "ETHUSDT", entries: [2], tp_pcts: [2], sl_pct: "1.5" })).toEqual([
      "symbol:ETH",
      "entry:2",
      "target:2",
      "stop:1.5",
    ]);
  });

  it("reads a decimal comma", () => {
    expect(marked("Kauf DOGE bei 0,1834", { symbol: "DOGEUSDT", entries: ["0.1834"] })).toEqual([
      "symbol:DOGE",
      "entry:0,1834",
    ]);
  });

  it("marks each place once, so equal values need as many places", () => {
    expect(marked("in 10 out 10", { entries: [10], tps: [10] })).toEqual(["entry:10", "target:10"]);
    expect(marked("in 10", { entries: [10], tps: [10] })).toEqual(["entry:10"]);
  });

  it("marks nothing that is only a part of another word or number", () => {
    expect(marked("SOLID 1234", { symbol: "SOLUSDT", entries: [123] })).toEqual([]);
  });

  it("never overlaps and never leaves the text", () => {
    const text = "BUY 1 2 3 1.2.3 ,, 5k 100x % 1%";
    for (const value of [1, 2, 3, 5, 5000, 100, 1.2]) {
      const found = spans(text, { ...none, entries: [value], tps: [value], sl: value, sl_pct: value, leverage: value }, []);
      found.reduce((end, span) => {
        expect(span.start).toBeGreaterThanOrEqual(end);
        expect(span.end).toBeGreaterThan(span.start);
        return span.end;
      }, 0);
    }
  });
});

it("separates numbers that stand side by side", () => {
  expect(numbers("67500 69000 / 1 200").map((one) => one.values[0])).toEqual([67500, 69000, 1200]);
});
