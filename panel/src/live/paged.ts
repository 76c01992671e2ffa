// A list that comes page by page, newest first, and is read again from its start when it changed.

import { type Signal as State, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { get, type Query, sentence } from "../api/client.ts";
import type { JournalRecord } from "../api/types.ts";
import { onRecord, reconnects } from "./journal.ts";

export interface Paged<T> {
  rows: T[] | undefined;
  next: string | null;
  error: string | undefined;
}

const SETTLE_MS = 120;

export interface PagedSource<T> {
  path: string;
  name: string;
  query: Query;
  concerns: (record: JournalRecord) => boolean;
  keyOf: (row: T) => string;
}

interface Controls<T> {
  state: State<Paged<T>>;
  more: () => void;
  again: () => void;
}

type Answer<T> = { next_cursor: string | null } & Record<string, T[] | string | null>;

async function page<T>(source: PagedSource<T>, limit: number, cursor?: string): Promise<{ rows: T[]; next: string | null }> {
  const answer = await get<Answer<T>>(source.path, { ...source.query, limit, cursor });
  return { rows: answer[source.name] as T[], next: answer.next_cursor };
}

export function usePaged<T>(source: PagedSource<T>): Controls<T> {
  const state = useSignal<Paged<T>>({ rows: undefined, next: null, error: undefined });
  const shown = useRef(50);
  const key = source.path + JSON.stringify(source.query);

  const fail = (error: unknown) => (state.value = { ...state.value, error: sentence(error) });
  const load = async (limit: number) => {
    const { rows, next } = await page(source, limit);
    state.value = { rows, next, error: undefined };
  };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    shown.current = 50;
    state.value = { rows: undefined, next: null, error: undefined };
    const soon = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void load(Math.min(1_000, shown.current)).catch(fail), ms);
    };
    soon(0);
    const forget = onRecord((record) => source.concerns(record) && soon(SETTLE_MS));
    const unwatch = reconnects.subscribe((count) => count > 1 && soon(0));
    return () => {
      clearTimeout(timer);
      forget();
      unwatch();
    };
  }, [key]);

  const more = async () => {
    const { rows, next } = state.value;
    if (next === null) return;
    const older = await page(source, 50, next);
    const known = new Set(rows?.map(source.keyOf));
    state.value = {
      rows: [...(rows ?? []), ...older.rows.filter((row) => !known.has(source.keyOf(row)))],
      next: older.next,
      error: undefined,
    };
    shown.current = state.value.rows?.length ?? 50;
  };
  return {
    state,
    more: () => void more().catch(fail),
    again: () => void load(shown.current).catch(fail),
  };
}
