import type { ComponentChildren } from "preact";

import * as number from "../format/number.ts";

/** A result with sign and colour. */
export function Result({ value }: { value: number | null | undefined }) {
  const text = number.result(value);
  // What rounds to nothing has no colour.
  const kind = !value || !/[1-9]/.test(text) ? "" : value > 0 ? " up" : " down";
  return <span class={`num${kind}`}>{text}</span>;
}

/** A headline figure. */
export function Figure(props: { label: string; hint?: string; children: ComponentChildren; sub?: ComponentChildren }) {
  return (
    <div class="figure">
      <dt title={props.hint}>{props.label}</dt>
      <dd class="num">{props.children}</dd>
      {props.sub !== undefined && <dd class="figure-sub">{props.sub}</dd>}
    </div>
  );
}

const TITLES: Record<string, string> = {
  min_notional: "Smallest order",
  max_notional: "Largest order",
  open_positions: "Open positions",
  positions_per_symbol: "Positions of one pair",
  total_exposure: "Total exposure",
  daily_loss: "Loss today (UTC)",
};

export function limitTitle(name: string): string {
  return TITLES[name] ?? name.replaceAll("_", " ");
}

/** Only money near its limit is a warning; a full count of positions is everyday. */
const MONEY = new Set(["total_exposure", "daily_loss"]);

/** How much of a limit is used. */
export function Gauge({ name, used, limit }: { name: string; used: number; limit: number | null }) {
  const share = limit ? Math.min(1, used / limit) : 0;
  const level = !MONEY.has(name) ? "low" : share >= 0.9 ? "high" : share >= 0.7 ? "middle" : "low";
  const text = limit === null ? "no limit" : `${number.plain(used)} of ${number.plain(limit)}`;
  return (
    <div class="gauge">
      <div class="gauge-line">
        <span>{limitTitle(name)}</span>
        <span class="num">{text}</span>
      </div>
      <div
        class={`meter meter-${level}`}
        role="meter"
        aria-label={limitTitle(name)}
        aria-valuemin={0}
        aria-valuemax={limit ?? 0}
        aria-valuenow={used}
        aria-valuetext={text}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}

/** A word with a colour and a mark, never a colour alone. */
export function Tag({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <span class={`tag tag-${kind}`}>{children}</span>;
}
