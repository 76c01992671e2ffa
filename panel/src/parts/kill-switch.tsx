// The kill switch: held for a moment it stops at once; tapped it offers how much to stop.

import { useState } from "preact/hooks";

import type { KillMode } from "../api/types.ts";
import { kill, killed, resume } from "../live/standing.ts";
import { Dialog } from "./dialog.tsx";
import { HoldButton } from "./hold-button.tsx";
import { Icon } from "./icons.tsx";
import { Time } from "./time.tsx";

const MODES: { mode: KillMode; title: string; text: string }[] = [
  { mode: "entries", title: "Entries", text: "No new entries. Resting entries stay, positions keep their exits." },
  {
    mode: "cancel",
    title: "Entries and orders",
    text: "No new entries; queued and resting ones are cancelled. Positions keep their exits.",
  },
  { mode: "flatten", title: "Everything", text: "As above, and every position is sold at the market." },
];
const WORD = "STOP";

export function KillSwitch() {
  const [open, setOpen] = useState(false);
  const stopped = killed.value !== undefined;
  return (
    <>
      <HoldButton
        class={`kill${stopped ? " kill-on" : ""}`}
        label={stopped ? "Stopped. Tap for more" : "Stop trading: hold to stop, tap to choose"}
        onHeld={() => (stopped ? setOpen(true) : void kill("cancel"))}
        onTap={() => setOpen(true)}
      >
        <Icon name="stop" />
        <span>{stopped ? "Stopped" : "Stop"}</span>
      </HoldButton>
      {open && <KillDialog close={() => setOpen(false)} />}
    </>
  );
}

function KillDialog({ close }: { close: () => void }) {
  const [mode, setMode] = useState<KillMode>("cancel");
  const [word, setWord] = useState("");
  const act = () => {
    void kill(mode);
    close();
  };
  const typed = word.trim().toUpperCase() === WORD;
  return (
    <Dialog title={killed.value === undefined ? "Stop trading" : "Trading is stopped"} close={close}>
      {killed.value !== undefined && <Resume close={close} />}
      <fieldset class="choices">
        <legend>What to stop</legend>
        {MODES.map((choice) => (
          <label key={choice.mode} class={`choice${mode === choice.mode ? " choice-on" : ""}`}>
            <input
              type="radio"
              name="kill-mode"
              value={choice.mode}
              checked={mode === choice.mode}
              onChange={() => setMode(choice.mode)}
            />
            <span>
              <strong>{choice.title}</strong>
              <small>{choice.text}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <HoldButton class="hold-wide danger" label={`Hold to stop: ${mode}`} onHeld={act}>
        Hold to stop
      </HoldButton>
      <form
        class="typed"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed) act();
        }}
      >
        <label>
          <span>or type {WORD}</span>
          <input
            class="input"
            value={word}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            onInput={(event) => setWord(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button" disabled={!typed}>
          Stop
        </button>
      </form>
    </Dialog>
  );
}

function Resume({ close }: { close: () => void }) {
  const standing = killed.value;
  if (standing === undefined) return null;
  return (
    <div class="note note-bad">
      <p>
        Mode <strong>{standing.mode}</strong>
        {standing.by !== undefined && <> by {standing.by}</>}
        {standing.at !== undefined && (
          <>
            {" at "}
            <Time at={standing.at} />
          </>
        )}
        {standing.reason !== undefined && <>: {standing.reason}</>}
      </p>
      <HoldButton
        class="hold-wide"
        label="Hold to resume trading"
        onHeld={() => {
          void resume();
          close();
        }}
      >
        Hold to resume
      </HoldButton>
    </div>
  );
}

/** Across every page while entries are stopped. */
export function StoppedBanner() {
  const standing = killed.value;
  if (standing === undefined) return null;
  return (
    <p class="banner banner-stop" role="alert">
      <Icon name="stop" />
      <span>
        <strong>Trading is stopped</strong> ({standing.mode}). Nothing new is bought
        {standing.mode === "flatten" ? " and positions are being sold." : "; open positions keep their exits."}
      </span>
    </p>
  );
}
