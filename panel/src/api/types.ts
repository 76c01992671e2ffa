// What the service answers and writes into its journal. Amounts in answers are JSON numbers, in
// the journal strings.

export type Intent = "BUY" | "SELL" | "CLOSE" | "UPDATE" | "NO_TRADE";
export type Side = "buy" | "sell";
export type PolicyName = "conservative" | "moderate" | "aggressive";
export type KillMode = "entries" | "cancel" | "flatten";
export type CheckResult = "pass" | "clamp" | "block" | "skip";
export type RouteAction = "executed" | "dry_run" | "skipped" | (string & {});

export interface Check {
  name: string;
  result: CheckResult;
  detail: string;
}

export interface Score {
  label: Intent;
  confidence: number;
  reasons: string[];
}

/** The fields found in a message; numbers in answers, strings in the journal. */
export interface SignalFields {
  symbol: string | null;
  side?: Side | null;
  entries: (number | string)[];
  entry_kind: string | null;
  tps: (number | string)[];
  tp_pcts?: (number | string)[];
  sl: number | string | null;
  sl_pct?: number | string | null;
  leverage: number | null;
  other_symbols?: string[];
}

export interface Route {
  action: RouteAction;
  reason: string;
  checks: Check[];
  client_order_id?: string;
  plan?: Plan;
}

export interface Signal {
  trace_id: string;
  at: string;
  source: string;
  channel: string | null;
  message_id: string | null;
  posted_at: string | null;
  text: string;
  score: Score | null;
  signal: SignalFields | null;
  routed: boolean;
  route: Route | null;
}

export interface ScoreAnswer {
  routed: boolean;
  trace_id: string;
  score: Score | null;
  signal: SignalFields | null;
  route: Route;
}

export interface Plan {
  stop: number;
  targets: { price: number; share: number }[];
  source: string;
  atr?: number;
  policy: PolicyName;
  notes?: string[];
}

export interface Position {
  id: string;
  status: "open";
  symbol: string;
  qty: number;
  entry_price: number | null;
  cost: number;
  opened_at: string;
  trace_id: string;
  entry_order: string;
  exit_order: string | null;
  plan: Plan | null;
  targets_done: number;
  price: number | null;
  unrealised_pnl: number | null;
  realised_pnl: number;
  protected: boolean;
  unprotected_because: string | null;
  closing: boolean;
}

export interface ClosedPosition {
  id: string;
  status: "closed";
  symbol: string | null;
  qty: number;
  entry_price: number;
  exit_price: number | null;
  realised_pnl: number;
  dust: number;
  reason: string;
  opened_at: string;
  closed_at: string;
  trace_id: string | null;
}

export interface Fee {
  asset: string;
  amount: number;
}

export interface Order {
  client_order_id: string;
  order_id: string | null;
  trace_id: string;
  symbol: string;
  side: Side;
  type: string;
  origin: string;
  leg: string;
  attempt: number;
  status: string;
  qty: number;
  price: number;
  limit_price: number | null;
  notional: number;
  executed_qty: number;
  executed_quote: number;
  average_price: number | null;
  fees: Fee[];
  fees_complete: boolean;
  cancel_requested: boolean;
  position_id: string | null;
  created_at: string;
  expires_at: string | null;
  error?: unknown;
}

export interface Trade {
  seq: number;
  at: string;
  symbol: string | null;
  side: Side;
  qty: number;
  price: number | null;
  quote: number;
  client_order_id: string;
  order_id: string;
  trace_id: string | null;
  order_fees: Fee[];
  order_fees_complete: boolean;
}

export interface Ping {
  exchange: string;
  mode: Mode;
  markets_count: number;
  market_source: string;
  clock_offset_ms: number | null;
}
export type Mode = "paper" | "sandbox" | "live";

export interface Readiness {
  ready: boolean;
  checks: { name: string; ok: boolean; detail: string }[];
}

export interface Balance {
  asset: string;
  free: number;
  locked: number;
  total: number;
}

export interface RiskStatus {
  policy: PolicyName;
  killed: boolean;
  kill_mode: KillMode | null;
  exposure: number;
  realised_today: number;
  open_positions: number;
  open_orders: number;
  limits: { name: string; used: number | null; limit: number | null }[];
  cooldowns: { symbol: string; seconds_left: number }[];
}

export interface Policies {
  policy: PolicyName;
  max_notional: number;
  cooldown_sec: number;
  policies: {
    name: PolicyName;
    sl_atr_multiple: number;
    tp_rr: number;
    max_notional: number;
    cooldown_sec: number;
  }[];
}

/** A line of the journal. */
export interface JournalRecord {
  seq: number;
  ts: string;
  event_type: string;
  symbol?: string;
  trace_id?: string;
  payload: Record<string, unknown>;
}

export interface IngestPayload {
  source: string;
  channel?: string;
  message_id?: string;
  posted_at?: string;
  text: string;
}

export interface ScoredPayload {
  score: Score;
  signal: SignalFields;
}

export interface AutoRoutePayload {
  reason: string;
  checks?: Check[];
  client_order_id?: string;
}
