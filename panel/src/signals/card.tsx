import { useState } from "preact/hooks";

import type { Intent, Signal } from "../api/types.ts";
import * as number from "../format/number.ts";
import { Checks } from "../parts/checks.tsx";
import { Tag } from "../parts/figures.tsx";
import { Icon } from "../parts/icons.tsx";
import { Time } from "../parts/time.tsx";
import { LabelDialog } from "./label.tsx";
import { MessageText } from "./message.tsx";
import { IntentTag, OutcomeTag } from "./outcome.tsx";

interface Props {
  signal: Signal;
  /** What a person said it means. */
  labelled: Intent | undefined;
  onLabelled: () => void;
}

export function SignalCard({ signal, labelled, onLabelled }: Props) {
  const [labelling, setLabelling] = useState(false);
  const { score, route } = signal;
  const blocks = route?.checks.filter((check) => check.result === "block").length ?? 0;
  return (
    <article class="card signal" data-trace={signal.trace_id} data-message={signal.message_id ?? ""}>
      <header class="signal-head">
        {score !== null && <IntentTag intent={score.label} />}
        <h3>{number.pair(signal.signal?.symbol)}</h3>
        <OutcomeTag signal={signal} />
        {labelled !== undefined && <Tag kind="calm">labelled {labelled.replace("_", " ")}</Tag>}
        <span class="signal-from">
          {signal.channel ?? signal.source} · <Time at={signal.at} />
        </span>
      </header>
      <div class="signal-body">
        <MessageText text={signal.text} spans={signal.spans} />
        <div class="signal-why">
          {score !== null && <Confidence confidence={score.confidence} reasons={score.reasons} />}
          {route !== null && <p class="signal-reason">{route.reason}</p>}
        </div>
      </div>
      <footer class="signal-foot">
        {route !== null && route.checks.length > 0 && (
          <details>
            <summary>
              {route.checks.length} checks{blocks > 0 ? `, ${blocks} block` : ""}
            </summary>
            <Checks checks={route.checks} />
          </details>
        )}
        <span class="signal-links">
          <button type="button" class="button button-bare" onClick={() => setLabelling(true)}>
            <Icon name="tag" /> Label this
          </button>
          <a class="button button-bare" href={`#/trace/${signal.trace_id}`}>
            Trace
          </a>
        </span>
      </footer>
      {labelling && (
        <LabelDialog
          signal={signal}
          close={() => {
            setLabelling(false);
            onLabelled();
          }}
        />
      )}
    </article>
  );
}

/** How sure the reading is, and what carried it. */
export function Confidence({ confidence, reasons }: { confidence: number; reasons: readonly string[] }) {
  const text = number.percent(confidence, 1);
  return (
    <div class="confidence">
      <div class="gauge-line">
        <span>Confidence</span>
        <span class="num">{text}</span>
      </div>
      <div
        class="meter meter-signal"
        role="meter"
        aria-label="Confidence"
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={confidence}
        aria-valuetext={text}
      >
        <span style={{ width: `${confidence * 100}%` }} />
      </div>
      <ul class="reasons">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </div>
  );
}
