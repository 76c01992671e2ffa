// "Label this": what the message really said, kept for the next training.

import { useState } from "preact/hooks";

import { post, sentence } from "../api/client.ts";
import type { Intent, Signal } from "../api/types.ts";
import { Dialog } from "../parts/dialog.tsx";
import { say } from "../parts/toast.tsx";

const INTENTS: Intent[] = ["BUY", "SELL", "CLOSE", "UPDATE", "NO_TRADE"];

function list(text: string): string[] {
  return text.split(/[\s;]+/).map((part) => part.replaceAll(",", "")).filter((part) => part !== "");
}

export function LabelDialog({ signal, close }: { signal: Signal; close: () => void }) {
  const fields = signal.signal;
  const [intent, setIntent] = useState<Intent>(signal.score?.label ?? "NO_TRADE");
  const [symbol, setSymbol] = useState(fields?.symbol ?? "");
  const [entries, setEntries] = useState((fields?.entries ?? []).join(" "));
  const [tps, setTps] = useState((fields?.tps ?? []).join(" "));
  const [sl, setSl] = useState(fields?.sl == null ? "" : String(fields.sl));
  const [error, setError] = useState<string | undefined>(undefined);

  const send = async () => {
    try {
      await post("/signals/labels", {
        trace_id: signal.trace_id,
        intent,
        symbol: symbol.trim() === "" ? null : symbol.trim().toUpperCase(),
        entries: list(entries).map(Number),
        tps: list(tps).map(Number),
        sl: sl.trim() === "" ? null : Number(sl),
      });
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
        <Text label="Pair" value={symbol} set={setSymbol} />
        <Text label="Entry prices, blanks between" value={entries} set={setEntries} />
        <Text label="Targets, blanks between" value={tps} set={setTps} />
        <Text label="Stop" value={sl} set={setSl} />
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

function Text({ label, value, set }: { label: string; value: string; set: (value: string) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input class="input" value={value} autocomplete="off" onInput={(event) => set(event.currentTarget.value)} />
    </label>
  );
}
