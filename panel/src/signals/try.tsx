// A box to try a message: it is read and scored, never traded.

import { useState } from "preact/hooks";

import { post, sentence } from "../api/client.ts";
import type { ScoreAnswer } from "../api/types.ts";
import * as number from "../format/number.ts";
import { Checks } from "../parts/checks.tsx";
import { Confidence } from "./card.tsx";
import { MessageText } from "./message.tsx";
import { IntentTag } from "./outcome.tsx";

export function TryMessage() {
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<{ text: string; said: ScoreAnswer } | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const send = async () => {
    try {
      setAnswer({ text, said: await post<ScoreAnswer>("/signals/score", { text, source: "panel" }) });
      setError(undefined);
    } catch (failure) {
      setError(sentence(failure));
    }
  };
  return (
    <details class="panel try">
      <summary>Try a message</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") void send();
        }}
      >
        <textarea
          class="input"
          rows={4}
          aria-label="A message to score"
          placeholder={"BUY ETH/USDT\nEntry: market\nTP1: +2 %\nSL: 1.5 %"}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p class="try-foot">
          <button type="submit" class="button button-main" disabled={text.trim() === ""}>
            Score it
          </button>
          <small>Only read and scored. Nothing is traded.</small>
        </p>
      </form>
      {error !== undefined && (
        <p class="note note-bad" role="alert">
          {error}
        </p>
      )}
      {answer !== undefined && <TryResult text={answer.text} said={answer.said} />}
    </details>
  );
}

function TryResult({ text, said }: { text: string; said: ScoreAnswer }) {
  return (
    <div class="try-result" aria-live="polite">
      <p class="line">
        {said.score !== null && <IntentTag intent={said.score.label} />}
        <strong>{number.pair(said.signal?.symbol)}</strong>
        <span>{said.route.reason}</span>
      </p>
      <MessageText text={text} spans={said.spans} />
      {said.score !== null && <Confidence confidence={said.score.confidence} reasons={said.score.reasons} />}
      {said.route.checks.length > 0 && <Checks checks={said.route.checks} />}
    </div>
  );
}
