import { describe, expect, it } from "vitest";

import type { JournalRecord, ServiceStage } from "../src/api/types.ts";
import { along, stages, ticks } from "../src/trace/stages.ts";

function stage(name: ServiceStage["name"], seq: number, since_start_us: number, since_previous_us: number): ServiceStage {
  return { name, seq, since_start_us, since_previous_us, at: "2026-11-23T00:00:00.000000Z", event_type: "ALARM" };
}

function record(seq: number, payload: Record<string, unknown>): JournalRecord {
  return { seq, ts: "2026-11-23T00:00:00.000000Z", event_type: "ALARM", payload };
}

describe("a signal's life", () => {
  const told = [
    stage("posted", 1, 0, 0),
    stage("received", 1, 500_000, 500_000),
    stage("scored", 2, 500_000, 0),
    stage("not_traded", 3, 500_000, 0),
  ];

  it("has its stages in time with the waits between them", () => {
    const drawn = stages(told, []);
    expect(drawn.map((one) => one.name)).toEqual(["posted", "received", "scored", "not traded"]);
    expect(drawn.map((one) => one.to - one.from)).toEqual([0, 500_000, 0, 0]);
    expect(drawn.filter((one) => one.sameStep).map((one) => one.name)).toEqual(["scored", "not traded"]);
  });

  it("says of each stage what its event says, and nothing where the event is not there", () => {
    const score = { label: "BUY", confidence: 0.99 };
    const events = [record(3, { reason: "auto-routing is off" }), record(2, { score })];
    expect(stages(told, events).map((one) => one.detail)).toEqual(["", "", "BUY, confidence 0.990", "auto-routing is off"]);
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
