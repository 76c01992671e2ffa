// A person's word on what is really held, where coins went without the bot.

import { useState } from "preact/hooks";

import { post, sentence } from "../api/client.ts";
import type { Position } from "../api/types.ts";
import * as number from "../format/number.ts";
import { Dialog } from "./dialog.tsx";
import { HoldButton } from "./hold-button.tsx";
import { say } from "./toast.tsx";

export function Settle({ position }: { position: Position }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button button-bare" onClick={() => setOpen(true)}>
        Less is held?
      </button>
      {open && <SettleDialog position={position} close={() => setOpen(false)} />}
    </>
  );
}

function SettleDialog({ position, close }: { position: Position; close: () => void }) {
  const [held, setHeld] = useState("");
  const [error, setError] = useState<string | undefined>(undefined);
  const pair = number.pair(position.symbol);
  const settle = async () => {
    try {
      await post("/positions/adjust", { position_id: position.id, held: held.trim() });
      say(`Noted: ${held.trim()} of ${pair}.`);
      close();
    } catch (failure) {
      setError(sentence(failure));
    }
  };
  return (
    <Dialog title={`How much of ${pair} is really held?`} close={close}>
      <p>
        The bot holds itself to have bought {number.quantity(position.qty)}. If you sold or moved some of it elsewhere, say what is left: it
        sells no more than that, and entries go on.
      </p>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <label class="field">
          <span>Quantity that is left, 0 for nothing</span>
          <input class="input" inputMode="decimal" autocomplete="off" value={held} onInput={(event) => setHeld(event.currentTarget.value)} />
        </label>
        {error !== undefined && (
          <p class="note note-bad" role="alert">
            Not noted: {error}
          </p>
        )}
        <HoldButton class="hold-wide" label={`Hold to say so of ${pair}`} disabled={held.trim() === ""} onHeld={() => void settle()}>
          Hold to say so
        </HoldButton>
      </form>
    </Dialog>
  );
}
