// The journal's numbers have no gaps. That makes "nothing lost, nothing twice" something to check
// for each record instead of something to hope for.

import type { JournalRecord } from "../api/types.ts";

export type Verdict = "next" | "known" | "gap";

/** How a record fits behind the last one held; 0 means that none is held. */
export function verdict(last: number, seq: number): Verdict {
  if (seq <= last) return "known";
  return last === 0 || seq === last + 1 ? "next" : "gap";
}

/** The newest records, oldest first, at most `capacity` of them. */
export class Tail {
  private held: JournalRecord[] = [];

  constructor(readonly capacity: number) {}

  get records(): readonly JournalRecord[] {
    return this.held;
  }

  get last(): number {
    return this.held.at(-1)?.seq ?? 0;
  }

  get first(): number {
    return this.held[0]?.seq ?? 0;
  }

  /** Starts over with a page as the service gives it, newest first. */
  restart(newestFirst: readonly JournalRecord[]): void {
    this.held = [...newestFirst].reverse().slice(-this.capacity);
  }

  /** Adds one record at the end if it is the next one; says what it was. */
  push(record: JournalRecord): Verdict {
    const place = verdict(this.last, record.seq);
    if (place === "next") {
      this.held.push(record);
      // Cut rarely: moving ten thousand entries for each new one would be felt.
      if (this.held.length > this.capacity * 1.2) this.held = this.held.slice(-this.capacity);
    }
    return place;
  }

  /** Puts an older page (newest first) in front; what is held already is left out. */
  prepend(newestFirst: readonly JournalRecord[]): number {
    const first = this.first;
    const older = [...newestFirst].reverse().filter((record) => first === 0 || record.seq < first);
    this.held = [...older, ...this.held];
    return older.length;
  }
}
