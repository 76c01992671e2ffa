// "Label this": what the message really says, kept for the next training.

import { useState } from "preact/hooks";

import { post, sentence } from "../api/client.ts";
import type { Intent, Signal } from "../api/types.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";
import { correction, fieldTexts, type FieldTexts } from "./correction.ts";

const INTENTS: Intent[] = ["BUY", "SELL", "CLOSE", "UPDATE", "NO_TRADE"];
const FIELDS: readonly { name: keyof FieldTexts; title: string; hint: string }[] = [
  { name: "symbol", title: "Pair", hint: "BTCUSDT" },
  { name: "entries", title: "Entry prices", hint: "none: at the market" },
  { name: "targets", title: "Targets", hint: "1.2 1.3, or 2% 4%" },
  { name: "stop", title: "Stop", hint: "1.02, or 3%" },
];

export function LabelDialog({ signal, close }: { signal: Signal; close: () => void }) {
  const read = fieldTexts(signal.signal);
  const [intent, setIntent] = useState<Intent>(signal.score?.label ?? "NO_TRADE");
  const [texts, setTexts] = useState<FieldTexts>(read);
  const [error, setError] = useState<string | undefined>(undefined);

  const send = async () => {
    try {
      await post("/signals/labels", { trace_id: signal.trace_id, ...correction(intent, read, texts) });
      say("Label kept for the next training.");
      close();
    } catch (failure) {
      setError(sentence(failure));
    }
  };
  return (
    <Dialog title="What does this message really say?" close={close}>
      <p class="message message-quote">{signal.text}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="field">
          <span>Intent</span>
          <select class="input" value={intent} onChange={(event) => setIntent(event.currentTarget.value as Intent)}>
            {INTENTS.map((one) => (
              <option key={one} value={one}>
                {one.replace("_", " ")}
              </option>
            ))}
          </select>
        </label>
        {intent !== "NO_TRADE" &&
          FIELDS.map(({ name, title, hint }) => (
            <label key={name} class="field">
              <span>{title}</span>
              <input
                class="input"
                value={texts[name]}
                placeholder={hint}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => setTexts({ ...texts, [name]: event.currentTarget.value })}
              />
            </label>
          ))}
        {error !== undefined && (
          <p class="note note-bad" role="alert">
            Not kept: {error}
          </p>
        )}
        <button type="submit" class="button button-main">
          Keep this label
        </button>
      </form>
    </Dialog>
  );
}
