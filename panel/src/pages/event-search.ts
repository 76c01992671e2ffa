// What the event list shows: by kind, and by words found anywhere in the line.

import type { JournalRecord } from "../api/types.ts";

export const KINDS = {
  all: [],
  signals: ["SIGNAL_", "AUTO_ROUTE_"],
  orders: ["ORDER_"],
  positions: ["POSITION_", "RISK_SLTP"],
  control: ["KILL_SWITCH", "RISK_POLICY", "ACCOUNT_"],
  service: ["SERVICE_", "MEXC_", "JOURNAL_", "CHECKPOINT", "ALARM", "TELEGRAM", "HOOK"],
  problems: ["ALARM", "ORDER_ERROR", "ORDER_IN_DOUBT", "ORDER_BLOCKED", "MEXC_ERROR", "JOURNAL_REPAIRED"],
} as const;
export type Kind = keyof typeof KINDS;

export function isKind(kind: Kind, type: string): boolean {
  const beginnings: readonly string[] = KINDS[kind];
  return beginnings.length === 0 || beginnings.some((beginning) => type.startsWith(beginning));
}

const texts = new WeakMap<JournalRecord, string>();

/** The whole line in small letters, made once a record. */
function text(record: JournalRecord): string {
  let known = texts.get(record);
  if (known === undefined) {
    const { seq, event_type, symbol = "", trace_id = "", payload } = record;
    // A checkpoint holds the whole state: finding it by everything in it helps nobody.
    const body = event_type === "CHECKPOINT" ? "" : JSON.stringify(payload);
    known = `${seq} ${event_type} ${symbol} ${trace_id} ${body}`.toLowerCase();
    texts.set(record, known);
  }
  return known;
}

/** Newest first: the records of this kind that hold every word. */
export function search(oldestFirst: readonly JournalRecord[], kind: Kind, words: string): JournalRecord[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found: JournalRecord[] = [];
  for (let index = oldestFirst.length - 1; index >= 0; index -= 1) {
    const record = oldestFirst[index]!;
    if (!isKind(kind, record.event_type)) continue;
    if (wanted.length > 0 && !wanted.every((word) => text(record).includes(word))) continue;
    found.push(record);
  }
  return found;
}

/** Bad news in red, money in its own tone, the rest calm. */
export function tone(type: string): "bad" | "warn" | "good" | "signal" | "calm" {
  if (isKind("problems", type)) return type === "ORDER_BLOCKED" ? "warn" : "bad";
  if (type === "KILL_SWITCH" || type.endsWith("_CANCELED") || type === "AUTO_ROUTE_SKIPPED") return "warn";
  if (["ORDER_FILLED", "POSITION_OPENED", "AUTO_ROUTE_EXECUTED", "MEXC_CONNECTED"].includes(type)) return "good";
  if (type.startsWith("SIGNAL_")) return "signal";
  return "calm";
}

/** The one sentence that says most about a record. */
export function gist(record: JournalRecord): string {
  const { payload } = record;
  const first = (...names: string[]) => names.map((name) => payload[name]).find((value) => value !== undefined);
  switch (record.event_type) {
    case "CHECKPOINT":
      return "the open state, so that older days can be archived";
    case "SIGNAL_SCORED": {
      const score = payload["score"] as { label: string; confidence: number } | undefined;
      return score === undefined ? "" : `${score.label} with confidence ${score.confidence.toFixed(3)}`;
    }
    case "ORDER_NEW":
      return `${String(payload["side"])} ${String(payload["qty"])} at ${String(payload["price"])} (${String(payload["origin"])})`;
    case "ORDER_FILLED":
    case "ORDER_PARTIAL_FILL":
    case "ORDER_CANCELED":
      return `${String(payload["side"])} ${String(payload["executed_qty"])} for ${String(payload["executed_quote"])}`;
    case "POSITION_CLOSED":
      return `${String(payload["reason"])}: ${String(payload["realised_pnl"])}`;
    case "RISK_SLTP":
      return `stop ${String(payload["stop"])}, ${(payload["targets"] as unknown[]).length} targets (${String(payload["source"])})`;
    case "RISK_POLICY_CHANGED":
      return `${String(payload["from"])} to ${String(payload["to"])} by ${String(payload["by"])}`;
    case "KILL_SWITCH":
      return `${payload["mode"] === null ? "off" : String(payload["mode"])} by ${String(payload["by"])}: ${String(payload["reason"])}`;
    default: {
      const said = first("message", "reason", "text", "seen", "evidence", "account", "client_order_id");
      return said === undefined ? "" : String(said).replaceAll(/\s+/g, " ");
    }
  }
}
