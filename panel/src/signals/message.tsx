import type { Score, SignalFields } from "../api/types.ts";
import { type SpanKind, spans } from "./highlight.ts";

const MEANING: Record<SpanKind, string> = {
  symbol: "pair",
  side: "decided the intent",
  entry: "entry",
  target: "target",
  stop: "stop",
  leverage: "leverage: told, never used on spot",
};

/** A message with what was read out of it marked. */
export function MessageText(props: { text: string; fields: SignalFields | null; score: Score | null }) {
  const { text } = props;
  const found = spans(text, props.fields, props.score?.reasons ?? []);
  const parts = [];
  let at = 0;
  for (const span of found) {
    if (span.start > at) parts.push(text.slice(at, span.start));
    parts.push(
      <mark key={span.start} class={`mark mark-${span.kind}`} title={MEANING[span.kind]}>
        {text.slice(span.start, span.end)}
      </mark>,
    );
    at = span.end;
  }
  parts.push(text.slice(at));
  return <p class="message">{parts}</p>;
}

const LEGEND: SpanKind[] = ["symbol", "side", "entry", "target", "stop", "leverage"];

export function MessageLegend() {
  return (
    <p class="legend" aria-label="What the marks mean">
      {LEGEND.map((kind) => (
        <span key={kind} class={`mark mark-${kind}`}>
          {kind === "symbol" ? "pair" : kind === "side" ? "intent" : kind}
        </span>
      ))}
    </p>
  );
}
