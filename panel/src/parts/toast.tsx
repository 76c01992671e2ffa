// One short message at a time, told to screen readers too.

import { signal } from "@preact/signals";

const shown = signal<{ text: string; bad: boolean } | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, bad = false): void {
  shown.value = { text, bad };
  clearTimeout(timer);
  timer = setTimeout(() => (shown.value = undefined), bad ? 9_000 : 4_000);
}

export function Toast() {
  const message = shown.value;
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {message !== undefined && <p class={`toast${message.bad ? " toast-bad" : ""}`}>{message.text}</p>}
    </div>
  );
}
