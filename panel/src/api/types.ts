// What the service answers, in the words of its own OpenAPI document (`schema.d.ts`), and what it
// writes into its journal. Amounts in answers are JSON numbers, in the journal strings.

import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** The document says of a value without content only that it may lack; the service writes null. */
type Told<T> = T extends (infer Item)[]
  ? Told<Item>[]
  : T extends object
    ? { [K in keyof T]-?: undefined extends T[K] ? Told<Exclude<T[K], undefined>> | null : Told<T[K]> }
    : T;

export type Intent = Schemas["Intent"];
export type Mode = Schemas["Mode"];
export type PolicyName = Schemas["PolicyName"];
export type KillMode = Schemas["KillMode"];
export type Check = Schemas["Check"];
export type Score = Schemas["Score"];
export type FieldSpan = Schemas["FieldSpan"];
export type Equity = Told<Schemas["Equity"]>;
export type ServiceStage = Schemas["Stage"];
export type Budget = Told<Schemas["Budget"]>;
export type RuleReport = Told<Schemas["RuleReport"]>;
export type Label = Told<Schemas["Label"]>;
export type Position = Told<Schemas["PositionView"]>;
export type ClosedPosition = Told<Schemas["ClosedView"]>;
export type Order = Told<Schemas["OrderView"]>;
export type Trade = Told<Schemas["TradeView"]>;
export type Fee = Told<Schemas["FeeView"]>;
export type Balance = Told<Schemas["BalanceView"]>;
export type Ping = Told<Schemas["Ping"]>;
export type Readiness = Told<Schemas["Readiness"]>;
export type RiskStatus = Told<Schemas["RiskStatus"]>;
export type Policies = Told<Schemas["PolicyAnswer"]>;
export type Candle = Schemas["CandleView"];
export type Setting = Told<Schemas["Setting"]>;

type Amount = number | string;

/** The fields found in a message: numbers in answers, strings in the journal. */
export interface SignalFields {
  symbol: string | null;
  entries: Amount[];
  tps: Amount[];
  tp_pcts?: Amount[] | null;
  sl: Amount | null;
  sl_pct?: Amount | null;
  leverage: number | null;
}

/** A message and what came of it. */
export type Signal = Omit<Told<Schemas["SignalView"]>, "signal" | "route" | "reply_to"> & {
  signal: SignalFields | null;
  route: Route | null;
};

export type Route = Pick<Schemas["RouteView"], "reason" | "checks"> & {
  action: string;
  client_order_id?: string | null;
};

export type ScoreAnswer = Told<Schemas["SignalAnswer"]>;

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
  channel?: Signal["trust"];
  spans?: FieldSpan[];
}

export interface AutoRoutePayload {
  reason: string;
  checks?: Check[];
  client_order_id?: string;
}

/** A channel's record. */
export interface Channel {
  source: string;
  channel: string | null;
  trust: number;
  prior: number;
  messages: number;
  last_message_at: string;
  signals: number;
  following: number;
  won: number;
  lost: number;
  neither: number;
  not_entered: number;
  mean_r: number | null;
  pnl_realised: number;
  pnl_shadow: number;
  curve: { at: string; realised: number; shadow: number }[];
}
