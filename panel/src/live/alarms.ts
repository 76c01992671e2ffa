// What a person has to look at: alarms of the last day that were not seen yet on this device.

import { computed, signal } from "@preact/signals";

import { get } from "../api/client.ts";
import type { JournalRecord } from "../api/types.ts";
import { onRecord, reconnects } from "./journal.ts";

const DAY_MS = 86_400_000;
const MOST = 100;
const SEEN = "levibot-alarms-seen";

/** Newest first. */
const alarms = signal<readonly JournalRecord[]>([]);
const seen = signal(remembered());

/** Alarms nobody has put aside on this device, newest first. */
export const unseen = computed(() => alarms.value.filter((one) => one.seq > seen.value));

function remembered(): number {
  return Number(localStorage.getItem(SEEN)) || 0;
}

async function read(): Promise<void> {
  const page = await get<{ events: JournalRecord[] }>("/events", { type: "ALARM", limit: MOST });
  alarms.value = page.events.filter((one) => Date.now() - Date.parse(one.ts) < DAY_MS);
  // Another journal counts from 1 again.
  const newest = alarms.value[0]?.seq;
  if (newest !== undefined && seen.value > newest) seen.value = 0;
}

/** Follows the journal from now on. */
export function followAlarms(): void {
  reconnects.subscribe((count) => count > 0 && void read().catch(() => undefined));
  onRecord((record) => {
    if (record.event_type !== "ALARM" || alarms.value.some((one) => one.seq === record.seq)) return;
    alarms.value = [record, ...alarms.value].slice(0, MOST);
  });
}

/** Puts aside what is shown now; the journal keeps it. */
export function putAside(): void {
  seen.value = alarms.value[0]?.seq ?? seen.value;
  localStorage.setItem(SEEN, String(seen.value));
}
