// The journal, live: one event stream for the whole panel. It starts from a page of the newest
// records, goes on from there by number, and comes back by itself after every break.

import { signal } from "@preact/signals";

import { get } from "../api/client.ts";
import type { JournalRecord } from "../api/types.ts";
import { Tail } from "./sequence.ts";

/** `starting`, `live`, `lost` (coming back by itself). */
export type Connection = "starting" | "live" | "lost";
type Listener = (record: JournalRecord) => void;

const FIRST_PAGE = 500;
const CAPACITY = 20_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;

export const connection = signal<Connection>("starting");
/** Grows with every change of the records held; what shows them reads it. */
export const revision = signal(0);
/** Grows each time the stream stands again: what was read before may be old. */
export const reconnects = signal(0);
/** Holes and doubles seen so far; both stay 0 unless the service breaks its promise. */
export const stream = { gaps: 0, doubles: 0 };

const tail = new Tail(CAPACITY);
const listeners = new Set<Listener>();
const named = new Map<string, (data: string) => void>();
let source: EventSource | undefined;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let frame = 0;
let olderCursor: string | null = null;
let stopped = true;

interface Page {
  events: JournalRecord[];
  next_cursor: string | null;
}

/** The records held, oldest first. */
export function records(): readonly JournalRecord[] {
  return tail.records;
}

/** Calls `listener` for every new record, once and in order, until the returned function is called. */
export function onRecord(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes what the stream says beside the journal, under an event name of its own. */
export function onNamed(event: string, take: (data: string) => void): void {
  named.set(event, take);
  source?.addEventListener(event, (message) => take((message as MessageEvent<string>).data));
}

export function start(): void {
  stopped = false;
  void begin();
}

/** Ends the stream, for a sign-out. */
export function stop(): void {
  stopped = true;
  clearTimeout(timer);
  source?.close();
}

async function begin(): Promise<void> {
  clearTimeout(timer);
  try {
    await align();
    open();
  } catch {
    again();
  }
}

/** Loads the newest page when nothing is held, or when the journal is not the one we know. */
async function align(): Promise<void> {
  if (tail.last > 0) {
    const newest = await get<Page>("/events", { limit: 1 });
    if ((newest.events[0]?.seq ?? 0) >= tail.last) return;
  }
  const page = await get<Page>("/events", { limit: FIRST_PAGE });
  tail.restart(page.events);
  olderCursor = page.next_cursor;
  changed();
}

function open(): void {
  if (stopped) return;
  source?.close();
  const opened = new EventSource(`/stream?beside=true&last_event_id=${tail.last}`);
  source = opened;
  opened.onopen = () => {
    failures = 0;
    connection.value = "live";
    reconnects.value += 1;
  };
  opened.onmessage = (message: MessageEvent<string>) => take(JSON.parse(message.data) as JournalRecord);
  for (const [event, act] of named) {
    opened.addEventListener(event, (message) => act((message as MessageEvent<string>).data));
  }
  // The browser would come back by itself, but blindly: also to another journal, and not after an
  // error status.
  opened.onerror = () => {
    if (source === opened) again();
  };
}

function again(): void {
  source?.close();
  if (stopped) return;
  connection.value = "lost";
  const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 8_000;
  failures += 1;
  clearTimeout(timer);
  timer = setTimeout(() => void begin(), wait);
}

function take(record: JournalRecord): void {
  const place = tail.push(record);
  if (place === "known") {
    stream.doubles += 1;
    return;
  }
  if (place === "gap") {
    stream.gaps += 1;
    again();
    return;
  }
  for (const listener of listeners) listener(record);
  changed();
}

/** One redraw a frame, however many records come. */
function changed(): void {
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    revision.value += 1;
  });
}

/** Whether older records can be fetched. */
export function hasOlder(): boolean {
  return olderCursor !== null;
}

/** Fetches a page of older records; how many came. */
export async function loadOlder(limit = 1_000): Promise<number> {
  if (olderCursor === null) return 0;
  const page = await get<Page>("/events", { limit, cursor: olderCursor });
  olderCursor = page.next_cursor;
  const added = tail.prepend(page.events);
  changed();
  return added;
}
