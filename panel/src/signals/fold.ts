// The signal timeline from the journal's records, one by one: what a page of `/signals` shows, kept
// up to date without asking again.

import type { AutoRoutePayload, IngestPayload, JournalRecord, ScoredPayload, Signal } from "../api/types.ts";

const ACTIONS: Record<string, string> = {
  AUTO_ROUTE_EXECUTED: "executed",
  AUTO_ROUTE_SKIPPED: "skipped",
  AUTO_ROUTE_DRYRUN: "dry_run",
};

/** Adds one record to a list of signals, newest first. The list is new if anything changed. */
export function fold(signals: readonly Signal[], record: JournalRecord): readonly Signal[] {
  const { trace_id } = record;
  if (trace_id === undefined) return signals;
  if (record.event_type === "SIGNAL_INGEST") {
    return signals.some((one) => one.trace_id === trace_id) ? signals : [begin(record, trace_id), ...signals];
  }
  const at = signals.findIndex((one) => one.trace_id === trace_id);
  const changed = at < 0 ? undefined : apply(signals[at]!, record);
  return changed === undefined ? signals : signals.with(at, changed);
}

function begin(record: JournalRecord, trace_id: string): Signal {
  const ingest = record.payload as unknown as IngestPayload;
  return {
    trace_id,
    at: record.ts,
    source: ingest.source,
    channel: ingest.channel ?? null,
    message_id: ingest.message_id ?? null,
    posted_at: ingest.posted_at ?? null,
    text: ingest.text,
    score: null,
    signal: null,
    spans: [],
    trust: null,
    routed: false,
    route: null,
  };
}

function apply(signal: Signal, record: JournalRecord): Signal | undefined {
  if (record.event_type === "SIGNAL_SCORED") {
    const scored = record.payload as unknown as ScoredPayload;
    return { ...signal, score: scored.score, signal: scored.signal, spans: scored.spans ?? [], trust: scored.channel ?? null };
  }
  const action = ACTIONS[record.event_type];
  if (action === undefined) return undefined;
  const { reason, checks = [], client_order_id } = record.payload as unknown as AutoRoutePayload;
  const route = { action, reason, checks, ...(client_order_id === undefined ? {} : { client_order_id }) };
  return { ...signal, routed: action === "executed", route };
}

export interface SignalFilter {
  channel: string;
  outcome: string;
  symbol: string;
}

/** Outcomes people filter by. */
export const OUTCOMES = ["all", "traded", "dry run", "not traded", "no trade in it"] as const;

export function outcome(signal: Signal): (typeof OUTCOMES)[number] | "being judged" {
  if (signal.route === null) return "being judged";
  if (signal.route.action === "executed") return "traded";
  if (signal.route.action === "dry_run") return "dry run";
  const label = signal.score?.label;
  return label === "NO_TRADE" || label === "UPDATE" ? "no trade in it" : "not traded";
}

export function fits(signal: Signal, filter: SignalFilter): boolean {
  const channel = signal.channel ?? signal.source;
  const wanted = filter.symbol.trim().toUpperCase().replaceAll(/[/_-]/g, "");
  return (
    (filter.channel === "all" || channel === filter.channel) &&
    (filter.outcome === "all" || outcome(signal) === filter.outcome) &&
    (wanted === "" || (signal.signal?.symbol ?? "").toUpperCase().includes(wanted))
  );
}
