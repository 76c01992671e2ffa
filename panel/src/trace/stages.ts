// One signal's life: the service says when each stage was reached, the stage's event says the rest.

import type { JournalRecord, ServiceStage } from "../api/types.ts";

export interface Stage {
  name: string;
  /** Microseconds since the first stage. */
  from: number;
  to: number;
  detail: string;
  /** Written in the same step as the stage before: no time passed that the journal could tell. */
  sameStep: boolean;
  seq: number;
}

type Payload = Record<string, unknown>;

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
const reason = (p: Payload) => text(p["reason"]);
const from = (p: Payload) => [text(p["source"]), text(p["channel"])].filter(Boolean).join(", ");

const DETAILS: Partial<Record<ServiceStage["name"], (payload: Payload) => string>> = {
  posted: () => "as its source says",
  received: from,
  scored,
  checked: (p) => `${(p["checks"] as unknown[] | undefined)?.length ?? 0} checks`,
  blocked: reason,
  not_traded: reason,
  dry_run: reason,
  sent: (p) => `${text(p["side"])} ${text(p["qty"])} at ${text(p["price"])}`,
  in_doubt: (p) => text(p["seen"]),
  settled: (p) => text(p["evidence"]),
  acknowledged: (p) => `order ${text(p["order_id"])}`,
  refused: () => "see the event",
  partly_filled: fill,
  filled: fill,
  protected: (p) => `stop ${text(p["stop"])}, source ${text(p["source"])}`,
  leaving: reason,
  closed: (p) => `${reason(p)}, ${text(p["realised_pnl"])}`,
};

function scored(payload: Payload): string {
  const score = payload["score"] as { label: string; confidence: number } | undefined;
  return score === undefined ? "" : `${score.label}, confidence ${score.confidence.toFixed(3)}`;
}

function fill(payload: Payload): string {
  return `${text(payload["executed_qty"])} for ${text(payload["executed_quote"])}`;
}

/** The stages as they are drawn. `records` are the trace's events, in any order. */
export function stages(told: readonly ServiceStage[], records: readonly JournalRecord[]): Stage[] {
  const bySeq = new Map(records.map((record) => [record.seq, record.payload]));
  return told.map((stage, index) => {
    const payload = bySeq.get(stage.seq);
    return {
      name: stage.name.replaceAll("_", " "),
      from: stage.since_start_us - stage.since_previous_us,
      to: stage.since_start_us,
      detail: payload === undefined ? "" : (DETAILS[stage.name]?.(payload) ?? ""),
      sameStep: index > 0 && stage.since_previous_us === 0,
      seq: stage.seq,
    };
  });
}

const DECADES = [0, 1e3, 1e4, 1e5, 1e6, 1e7, 6e7, 6e8, 3.6e9, 3.6e10, 8.64e10, 8.64e11] as const;

/** Where a time stands on an axis that shows milliseconds and hours at once: 0 to 1. */
export function along(us: number, total: number): number {
  if (total <= 0) return 0;
  const scale = (value: number) => Math.log1p(Math.max(0, value) / 500);
  return Math.min(1, scale(us) / scale(total));
}

/** Marks on that axis, from 0 to the first one past the end. */
export function ticks(total: number): number[] {
  const inside = DECADES.filter((tick) => tick < total * 0.9);
  return inside.length === 0 ? [0] : [...inside];
}
