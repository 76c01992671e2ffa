// A button that acts only when held. One thumb is enough, and a pocket is not.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export const HOLD_MS = 800;

interface Props {
  class?: string;
  label: string;
  children: ComponentChildren;
  disabled?: boolean;
  onHeld: () => void;
  /** A short press, if that does something of its own. */
  onTap?: () => void;
}

export function HoldButton(props: Props) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const began = useRef(0);

  const begin = () => {
    if (began.current !== 0 || props.disabled) return;
    began.current = performance.now();
    setHolding(true);
    timer.current = setTimeout(() => {
      began.current = 0;
      setHolding(false);
      navigator.vibrate?.(40);
      props.onHeld();
    }, HOLD_MS);
  };
  const end = (tapped: boolean) => {
    clearTimeout(timer.current);
    const wasHolding = began.current !== 0;
    began.current = 0;
    setHolding(false);
    if (tapped && wasHolding) props.onTap?.();
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  const isPressKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";
  return (
    <button
      type="button"
      class={`hold ${props.class ?? ""}${holding ? " holding" : ""}`}
      aria-label={props.label}
      disabled={props.disabled ?? false}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        begin();
      }}
      onPointerUp={() => end(true)}
      onPointerCancel={() => end(false)}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isPressKey(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => isPressKey(event) && end(true)}
      onBlur={() => end(false)}
    >
      <span class="hold-fill" aria-hidden="true" />
      <span class="hold-text">{props.children}</span>
    </button>
  );
}
