// What the stream tells beside the journal: prices of what is held, and health when it changes.

import { signal } from "@preact/signals";

import type { Readiness } from "../api/types.ts";
import { onNamed } from "./journal.ts";

export interface LivePrice {
  bid: number;
  ask: number;
  at: string;
}

export const prices = signal<Record<string, LivePrice>>({});
export const health = signal<Readiness["checks"] | undefined>(undefined);

export function followPrices(): void {
  onNamed("quotes", (data) => {
    prices.value = { ...prices.value, ...(JSON.parse(data) as Record<string, LivePrice>) };
  });
  onNamed("health", (data) => {
    health.value = JSON.parse(data) as Readiness["checks"];
  });
}
