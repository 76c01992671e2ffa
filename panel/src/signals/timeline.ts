// The signals known to this panel: a page from the service, kept up to date by the journal.

import { signal } from "@preact/signals";

import { get, sentence } from "../api/client.ts";
import type { JournalRecord, Signal } from "../api/types.ts";
import { onRecord, reconnects } from "../live/journal.ts";
import { fold } from "./fold.ts";

const PAGE = 50;
const MOST = 2_000;

export const signals = signal<readonly Signal[] | undefined>(undefined);
export const failure = signal<string | undefined>(undefined);
export const olderSignals = signal<string | null>(null);

interface Page {
  signals: Signal[];
  next_cursor: string | null;
}

let waiting: JournalRecord[] = [];
let loading = false;

/** Reads the newest page; records that come meanwhile are added to it. */
export async function load(): Promise<void> {
  loading = true;
  waiting = [];
  try {
    const page = await get<Page>("/signals", { limit: PAGE });
    signals.value = waiting.reduce(fold, page.signals as readonly Signal[]);
    olderSignals.value = page.next_cursor;
    failure.value = undefined;
  } catch (error) {
    failure.value = sentence(error);
  }
  loading = false;
}

export async function loadOlderSignals(): Promise<void> {
  const cursor = olderSignals.value;
  if (cursor === null) return;
  try {
    const page = await get<Page>("/signals", { limit: PAGE, cursor });
    const known = new Set(signals.value?.map((one) => one.trace_id));
    signals.value = [...(signals.value ?? []), ...page.signals.filter((one) => !known.has(one.trace_id))];
    olderSignals.value = page.next_cursor;
  } catch (error) {
    failure.value = sentence(error);
  }
}

/** Follows the journal from now on. */
export function followSignals(): void {
  reconnects.subscribe((count) => count > 0 && void load());
  onRecord((record) => {
    if (loading) waiting.push(record);
    if (signals.value !== undefined) signals.value = fold(signals.value, record).slice(0, MOST);
  });
}
