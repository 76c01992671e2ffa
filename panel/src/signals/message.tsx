import type { FieldSpan } from "../api/types.ts";
import { marks } from "./highlight.ts";

type Field = FieldSpan["field"];

const MEANING: Record<Field, string> = {
  symbol: "pair",
  side: "buy or sell",
  entry: "entry",
  target: "target",
  stop: "stop",
  leverage: "leverage: told, never used on spot",
};

/** A message with what was read out of it marked. */
export function MessageText({ text, spans }: { text: string; spans: readonly FieldSpan[] }) {
  const parts = [];
  let at = 0;
  for (const { field, start, end } of marks(text, spans)) {
    if (start > at) parts.push(text.slice(at, start));
    parts.push(
      <mark key={start} class={`mark mark-${field}`} title={MEANING[field]}>
        {text.slice(start, end)}
      </mark>,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return <p class="message">{parts}</p>;
}

const LEGEND: Field[] = ["symbol", "side", "entry", "target", "stop", "leverage"];

export function MessageLegend() {
  return (
    <p class="legend" aria-label="What the marks mean">
      {LEGEND.map((field) => (
        <span key={field} class={`mark mark-${field}`}>
          {field === "symbol" ? "pair" : field}
        </span>
      ))}
    </p>
  );
}
