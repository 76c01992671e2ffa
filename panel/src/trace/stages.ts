// One signal's life from its events: when each stage was reached, and what the wait was for.

import type { JournalRecord } from "../api/types.ts";
import { micros } from "../format/time.ts";

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

interface Rule {
  name: string;
  type: string;
  detail: (payload: Record<string, unknown>) => string;
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

/** In the order of a life; a stage is reached with the first event of its type. */
const RULES: Rule[] = [
  { name: "received", type: "SIGNAL_INGEST", detail: (p) => [text(p["source"]), text(p["channel"])].filter(Boolean).join(", ") },
  { name: "scored", type: "SIGNAL_SCORED", detail: (p) => scored(p) },
  { name: "checked", type: "ORDER_NEW", detail: (p) => `${(p["checks"] as unknown[] | undefined)?.length ?? 0} checks` },
  { name: "blocked", type: "ORDER_BLOCKED", detail: (p) => text(p["reason"]) },
  { name: "not traded", type: "AUTO_ROUTE_SKIPPED", detail: (p) => text(p["reason"]) },
  { name: "dry run", type: "AUTO_ROUTE_DRYRUN", detail: (p) => text(p["reason"]) },
  { name: "sent", type: "ORDER_NEW", detail: (p) => `${text(p["side"])} ${text(p["qty"])} at ${text(p["price"])}` },
  { name: "acknowledged", type: "ORDER_ACCEPTED", detail: (p) => `order ${text(p["order_id"])}` },
  { name: "in doubt", type: "ORDER_IN_DOUBT", detail: (p) => text(p["seen"]) },
  { name: "settled", type: "ORDER_RECONCILED", detail: (p) => text(p["evidence"]) },
  { name: "refused", type: "ORDER_ERROR", detail: () => "see the event" },
  { name: "partly filled", type: "ORDER_PARTIAL_FILL", detail: (p) => fill(p) },
  { name: "filled", type: "ORDER_FILLED", detail: (p) => fill(p) },
  { name: "protected", type: "RISK_SLTP", detail: (p) => `stop ${text(p["stop"])}, source ${text(p["source"])}` },
  { name: "leaving", type: "POSITION_CLOSING", detail: (p) => text(p["reason"]) },
  { name: "closed", type: "POSITION_CLOSED", detail: (p) => `${text(p["reason"])}, ${text(p["realised_pnl"])}` },
];

function scored(payload: Record<string, unknown>): string {
  const score = payload["score"] as { label: string; confidence: number } | undefined;
  return score === undefined ? "" : `${score.label}, confidence ${score.confidence.toFixed(3)}`;
}

function fill(payload: Record<string, unknown>): string {
  return `${text(payload["executed_qty"])} for ${text(payload["executed_quote"])}`;
}

/** The stages reached, in time. `records` in any order. */
export function stages(records: readonly JournalRecord[]): Stage[] {
  const ordered = [...records].sort((left, right) => left.seq - right.seq);
  const found = RULES.flatMap((rule, order) => {
    const record = ordered.find((one) => one.event_type === rule.type);
    return record === undefined ? [] : [{ rule, order, record, at: micros(record.ts) }];
  });
  found.sort((left, right) => left.at - right.at || left.record.seq - right.record.seq || left.order - right.order);
  const start = posted(ordered) ?? found[0]?.at ?? 0;
  let before = start;
  return found.map(({ rule, record, at }, index) => {
    const stage: Stage = {
      name: rule.name,
      from: before - start,
      to: at - start,
      detail: rule.detail(record.payload),
      sameStep: index > 0 && at === before,
      seq: record.seq,
    };
    before = at;
    return stage;
  });
}

/** When the message was posted, where its source says so and the clocks agree. */
function posted(records: readonly JournalRecord[]): number | undefined {
  const ingest = records.find((record) => record.event_type === "SIGNAL_INGEST");
  const at = ingest?.payload["posted_at"];
  if (ingest === undefined || typeof at !== "string") return undefined;
  const time = micros(at);
  return time <= micros(ingest.ts) ? time : undefined;
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
