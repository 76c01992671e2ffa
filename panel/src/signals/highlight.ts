// The places in a message that the service read its fields from, as pieces of a JavaScript string.

import type { FieldSpan } from "../api/types.ts";

/** The service counts characters; JavaScript's strings count those above U+FFFF, most emoji, twice. */
function offsets(text: string): number[] {
  const found: number[] = [];
  let at = 0;
  for (const character of text) {
    found.push(at);
    at += character.length;
  }
  found.push(at);
  return found;
}

/** The spans as offsets into `text`, in order; of two that overlap the first stays. */
export function marks(text: string, spans: readonly FieldSpan[]): FieldSpan[] {
  if (spans.length === 0) return [];
  const unit = offsets(text);
  let behind = 0;
  return spans.flatMap(({ field, start, end }) => {
    const [from, to] = [unit[start], unit[end]];
    if (from === undefined || to === undefined || from < behind || to <= from) return [];
    behind = to;
    return [{ field, start: from, end: to }];
  });
}
