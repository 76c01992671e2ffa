// Stop, entry, price and targets on one line: how far it is to each at a glance.

import type { Position } from "../api/types.ts";
import * as number from "../format/number.ts";

interface Rung {
  kind: "stop" | "entry" | "target" | "price";
  label: string;
  at: number;
  done?: boolean;
}

export function rungs(position: Position): Rung[] {
  const { plan } = position;
  if (plan === null || position.entry_price === null) return [];
  const targets = plan.targets.map((target, index): Rung => {
    const done = index < position.targets_done;
    return { kind: "target", label: `T${index + 1}`, at: target.price, done };
  });
  return [
    { kind: "stop", label: "Stop", at: plan.stop },
    { kind: "entry", label: "Entry", at: position.entry_price },
    ...targets,
  ];
}

/** Where a price stands between the lowest and the highest rung, 0 to 1. */
export function along(at: number, all: { at: number }[]): number {
  const lowest = Math.min(...all.map((rung) => rung.at));
  const highest = Math.max(...all.map((rung) => rung.at));
  return highest === lowest ? 0.5 : Math.min(1, Math.max(0, (at - lowest) / (highest - lowest)));
}

export function Ladder({ position }: { position: Position }) {
  const all = rungs(position);
  if (all.length === 0) return null;
  const price = position.price;
  return (
    <div class="ladder">
      <div class="ladder-rail" aria-hidden="true">
        {all.map((rung) => (
          <i key={rung.label} class={`rung rung-${rung.kind}`} style={{ left: `${along(rung.at, all) * 100}%` }} />
        ))}
        {price !== null && <i class="rung rung-price" style={{ left: `${along(price, all) * 100}%` }} />}
      </div>
      <dl class="ladder-list">
        {all.map((rung) => (
          <div key={rung.label} class={`ladder-${rung.kind}${rung.done ? " ladder-done" : ""}`}>
            <dt>{rung.done ? `${rung.label} done` : rung.label}</dt>
            <dd class="num">{number.price(rung.at)}</dd>
          </div>
        ))}
        <div class="ladder-price">
          <dt>Bid</dt>
          <dd class="num">{number.price(price)}</dd>
        </div>
      </dl>
    </div>
  );
}
