import { describe, expect, it } from "vitest";

import type { JournalRecord, Position, Signal } from "../src/api/types.ts";
import { Tail, verdict } from "../src/live/sequence.ts";
import { valued } from "../src/pages/valuation.ts";
import { gist, isKind, search, tone } from "../src/pages/event-search.ts";
import { inView } from "../src/parts/virtual-list.tsx";
import { fits, fold, outcome } from "../src/signals/fold.ts";

function record(seq: number, event_type = "ALARM", payload: Record<string, unknown> = {}, trace_id?: string): JournalRecord {
  return { seq, ts: "2026-11-23T00:00:00Z", event_type, payload, ...(trace_id === undefined ? {} : { trace_id }) };
}

describe("the journal's tail", () => {
  it("takes the next record, leaves a known one, and tells a hole", () => {
    expect([verdict(5, 6), verdict(5, 5), verdict(5, 3), verdict(5, 8), verdict(0, 4)]).toEqual([
      "next",
      "known",
      "known",
      "gap",
      "next",
    ]);
  });

  it("holds every record once and in order, whatever is sent twice", () => {
    const tail = new Tail(100);
    tail.restart([record(3), record(2), record(1)]);
    for (const seq of [2, 3, 4, 4, 5, 9, 6]) tail.push(record(seq));
    expect(tail.records.map((one) => one.seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("puts older pages in front without doubles", () => {
    const tail = new Tail(100);
    tail.restart([record(6), record(5)]);
    expect(tail.prepend([record(5), record(4), record(3)])).toBe(2);
    expect(tail.records.map((one) => one.seq)).toEqual([3, 4, 5, 6]);
  });

  it("stays bounded", () => {
    const tail = new Tail(10);
    for (let seq = 1; seq <= 1_000; seq += 1) tail.push(record(seq));
    expect(tail.records.length).toBeLessThanOrEqual(12);
    expect(tail.last).toBe(1_000);
  });
});

describe("signals from the journal", () => {
  const ingest = { source: "telegram", channel: "alpha", text: "BUY SOL" };
  const score = { label: "BUY", confidence: 0.9, reasons: [] };
  const signal = { symbol: "SOLUSDT", entries: [], tps: [], sl: null, leverage: null };
  const story = [
    record(1, "SIGNAL_INGEST", ingest, "t1"),
    record(2, "SIGNAL_SCORED", { score, signal }, "t1"),
    record(3, "AUTO_ROUTE_EXECUTED", { reason: "market order", client_order_id: "c1" }, "t1"),
    record(4, "SIGNAL_INGEST", { ...ingest, channel: "beta" }, "t2"),
  ];
  const folded = story.reduce(fold, [] as readonly Signal[]);

  it("are listed newest first with what came of them", () => {
    expect(folded.map((one) => [one.trace_id, outcome(one)])).toEqual([
      ["t2", "being judged"],
      ["t1", "traded"],
    ]);
    expect(folded[1]?.route?.client_order_id).toBe("c1");
  });

  it("are the same when records come twice", () => {
    expect(story.reduce(fold, folded)).toEqual(folded);
  });

  it("are filtered by channel, outcome and pair in any spelling", () => {
    const all = { channel: "all", outcome: "all", symbol: "" };
    const count = (filter: Partial<typeof all>) => folded.filter((one) => fits(one, { ...all, ...filter })).length;
    expect([count({}), count({ channel: "beta" }), count({ outcome: "traded" }), count({ symbol: "sol/usdt" })]).toEqual([
      2, 1, 1, 1,
    ]);
  });
});

describe("the event list", () => {
  const list = [
    record(1, "ORDER_NEW", { side: "buy", qty: "1", price: "2", origin: "signal" }),
    record(2, "KILL_SWITCH", { mode: "cancel", by: "api", reason: "testing" }),
    record(3, "ALARM", { message: "The price stream is gone" }),
  ];

  it("finds every word anywhere in the line, newest first", () => {
    expect(search(list, "all", "").map((one) => one.seq)).toEqual([3, 2, 1]);
    expect(search(list, "all", "PRICE gone").map((one) => one.seq)).toEqual([3]);
    expect(search(list, "control", "").map((one) => one.seq)).toEqual([2]);
    expect(search(list, "orders", "sell")).toEqual([]);
  });

  it("says the most important thing of each", () => {
    expect(list.map(gist)).toEqual(["buy 1 at 2 (signal)", "cancel by api: testing", "The price stream is gone"]);
    expect(list.map((one) => tone(one.event_type))).toEqual(["calm", "warn", "bad"]);
    expect(isKind("problems", "ORDER_IN_DOUBT")).toBe(true);
  });

  it("draws what is in view and little more, however long it is", () => {
    const { first, end } = inView(4_000, 800, 40, 10_000);
    expect(first).toBeGreaterThan(80);
    expect(end - first).toBeLessThan(60);
    expect(inView(0, 800, 40, 3)).toEqual({ first: 0, end: 3 });
    expect(inView(9_999, 800, 40, 0)).toEqual({ first: 0, end: 0 });
  });
});

it("values a position at the newest bid, fees kept", () => {
  const position = { symbol: "BTCUSDT", qty: 2, price: 100, unrealised_pnl: -0.5 } as Position;
  const live = { BTCUSDT: { bid: 103, ask: 104, at: "" } };
  expect(valued([position], live)[0]).toMatchObject({ price: 103, unrealised_pnl: 5.5 });
  expect(valued([position], {})[0]).toBe(position);
});
