// An answer of the service that is read again when the journal says that it changed: no polling.

import { useEffect, useRef } from "preact/hooks";
import { type Signal, signal, useSignal } from "@preact/signals";

import { get, type Query, sentence } from "../api/client.ts";
import type { JournalRecord } from "../api/types.ts";
import { connection, onRecord, reconnects } from "./journal.ts";

export interface Resource<T> {
  data: T | undefined;
  error: string | undefined;
}

const SETTLE_MS = 60;
type Wanted = (record: JournalRecord) => boolean;

/** True for events whose type begins with one of these. */
export function about(...beginnings: string[]): Wanted {
  return (record) => beginnings.some((beginning) => record.event_type.startsWith(beginning));
}

/**
 * Reads `path` now, after each event that `concerns` it, after each reconnect, and when the
 * returned function is called. A burst of events is one request.
 */
export function useResource<T>(path: string, concerns: Wanted, query?: Query): [Signal<Resource<T>>, () => void] {
  const state = useSignal<Resource<T>>({ data: undefined, error: undefined });
  const refresh = useRef<() => void>(() => {});
  const key = JSON.stringify(query ?? {});
  useEffect(() => {
    const reader = new Reader<T>(path, query, state);
    refresh.current = () => reader.soon(0);
    reader.soon(0);
    const forget = onRecord((record) => concerns(record) && reader.soon(SETTLE_MS));
    const unwatch = reconnects.subscribe((count) => count > 1 && reader.soon(0));
    return () => {
      forget();
      unwatch();
      reader.end();
    };
  }, [path, key]);
  return [state, () => refresh.current()];
}

class Reader<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | undefined;

  constructor(
    private readonly path: string,
    private readonly query: Query | undefined,
    private readonly state: Signal<Resource<T>>,
  ) {}

  soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), ms);
  }

  end(): void {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  private async read(): Promise<void> {
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    try {
      const data = await get<T>(this.path, this.query, request.signal);
      this.state.value = { data, error: undefined };
    } catch (error) {
      if (request.signal.aborted) return;
      // What was known stays in view beside the error.
      this.state.value = { data: this.state.value.data, error: sentence(error) };
    }
  }
}

/** The present time, moving once a second while something shows it. */
export const now = signal(Date.now());
let watchers = 0;
let ticking: ReturnType<typeof setInterval> | undefined;

/** Keeps {@link now} moving while the calling component is shown. */
export function useNow(): number {
  useEffect(() => {
    watchers += 1;
    ticking ??= setInterval(() => (now.value = Date.now()), 1_000);
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    };
  }, []);
  return now.value;
}

/** Whether what is shown may be out of date. */
export function isStale(): boolean {
  return connection.value !== "live";
}
