import { describe, expect, it } from "vitest";

import type { JournalRecord } from "../src/api/types.ts";
import { along, stages, ticks } from "../src/trace/stages.ts";

let seq = 0;
function at(us: number, event_type: string, payload: Record<string, unknown> = {}): JournalRecord {
  seq += 1;
  const time = new Date(Math.floor(us / 1_000)).toISOString().replace("Z", `${String(us % 1_000).padStart(3, "0")}Z`);
  return { seq, ts: time, event_type, payload };
}

describe("a signal's life", () => {
  const life = [
    at(1_000_000, "SIGNAL_INGEST", { source: "api" }),
    at(1_000_000, "SIGNAL_SCORED", { score: { label: "BUY", confidence: 0.99 } }),
    at(1_000_000, "ORDER_NEW", { side: "buy", qty: "1", price: "2", checks: [1, 2] }),
    at(1_003_677, "ORDER_ACCEPTED", { order_id: "o1" }),
    at(1_050_000, "ORDER_FILLED", {}),
    at(1_050_000, "POSITION_OPENED", {}),
    at(1_050_000, "RISK_SLTP", { stop: "1", source: "hint" }),
    at(1_050_000, "ORDER_NEW", { side: "sell", qty: "1", price: "3" }),
    at(9_000_000, "POSITION_CLOSED", { reason: "targets", realised_pnl: "1" }),
  ];

  it("has its stages in time with the waits between them", () => {
    const found = stages([...life].reverse());
    expect(found.map((stage) => stage.name)).toEqual([
      "received",
      "scored",
      "checked",
      "sent",
      "acknowledged",
      "filled",
      "protected",
      "closed",
    ]);
    expect(found.map((stage) => stage.to - stage.from)).toEqual([0, 0, 0, 0, 3_677, 46_323, 0, 7_950_000]);
    expect(found.filter((stage) => stage.sameStep).map((stage) => stage.name)).toEqual([
      "scored",
      "checked",
      "sent",
      "protected",
    ]);
  });

  it("begins when the message was posted, where that is known and plausible", () => {
    const posted = (time: string) => stages([at(2_000_000, "SIGNAL_INGEST", { posted_at: time })])[0]!.to;
    expect(posted("1970-01-01T00:00:01.500Z")).toBe(500_000);
    expect(posted("1970-01-01T00:00:09Z")).toBe(0);
  });

  it("of a message that was not traded ends with the reason", () => {
    const found = stages([at(1, "SIGNAL_INGEST"), at(1, "AUTO_ROUTE_SKIPPED", { reason: "auto-routing is off" })]);
    expect(found.at(-1)).toMatchObject({ name: "not traded", detail: "auto-routing is off" });
  });
});

it("the axis shows milliseconds and hours at once, in order", () => {
  const day = 86_400_000_000;
  const places = [0, 1_000, 1_000_000, 3_600_000_000, day].map((us) => along(us, day));
  expect(places[0]).toBe(0);
  expect(places.at(-1)).toBe(1);
  expect([...places].sort((left, right) => left - right)).toEqual(places);
  expect(along(1_000, day)).toBeGreaterThan(0.04);
  expect(ticks(5_000_000).at(-1)).toBeLessThan(5_000_000);
});
