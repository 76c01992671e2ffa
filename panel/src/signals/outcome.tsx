import type { Intent, Signal } from "../api/types.ts";
import { Tag } from "../parts/figures.tsx";
import { outcome } from "./fold.ts";

const KIND = {
  traded: "good",
  "dry run": "signal",
  "not traded": "warn",
  "no trade in it": "calm",
  "being judged": "calm",
  all: "calm",
} as const;

export function OutcomeTag({ signal }: { signal: Signal }) {
  const came = outcome(signal);
  return <Tag kind={KIND[came]}>{came}</Tag>;
}

const TONE: Record<Intent, string> = { BUY: "good", SELL: "bad", CLOSE: "warn", UPDATE: "signal", NO_TRADE: "calm" };

export function IntentTag({ intent }: { intent: Intent }) {
  return <Tag kind={TONE[intent]}>{intent.replace("_", " ")}</Tag>;
}
