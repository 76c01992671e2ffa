// Prices as they come beside the journal, in events of their own without a number.

import { signal } from "@preact/signals";

import { onNamed } from "./journal.ts";

export interface LivePrice {
  bid: number;
  ask: number;
  at: string;
}

export const prices = signal<Record<string, LivePrice>>({});

/** Takes the stream's `quotes` events. */
export function followPrices(): void {
  onNamed("quotes", (data) => {
    prices.value = { ...prices.value, ...(JSON.parse(data) as Record<string, LivePrice>) };
  });
}
