// What every page needs to know: which mode, which policy, and whether entries are stopped. The
// journal changes it at once; the service's own answer confirms it.

import { signal } from "@preact/signals";

import { get, post, put, sentence } from "../api/client.ts";
import type { KillMode, Mode, Ping, Policies, PolicyName, RiskStatus } from "../api/types.ts";
import { say } from "../parts/toast.tsx";
import { onRecord, reconnects } from "./journal.ts";

export const mode = signal<Mode | undefined>(undefined);
export const marketSource = signal<string | undefined>(undefined);
export const killed = signal<{ mode: KillMode; reason?: string; by?: string; at?: string } | undefined>(undefined);

async function read(): Promise<void> {
  const [risk, ping] = await Promise.allSettled([get<RiskStatus>("/risk/status"), get<Ping>("/exchange/ping")]);
  marketSource.value = ping.status === "fulfilled" ? ping.value.market_source : undefined;
  if (risk.status === "fulfilled") {
    const { kill_mode } = risk.value;
    // Not from the exchange: it may be silent just now.
    mode.value = risk.value.mode;
    killed.value = kill_mode === null ? undefined : { ...killed.value, mode: kill_mode };
  }
}

/** Follows the journal from now on. */
export function followStanding(): void {
  reconnects.subscribe(() => void read());
  onRecord((record) => {
    if (record.event_type !== "KILL_SWITCH") return;
    const payload = record.payload as { mode: KillMode | null; reason: string; by: string };
    const { mode: kill, reason, by } = payload;
    killed.value = kill === null ? undefined : { mode: kill, reason, by, at: record.ts };
  });
}

export async function kill(by: KillMode): Promise<void> {
  try {
    await post("/risk/kill", { mode: by, reason: "asked for in the panel" });
    say("Stopped. No new entries.");
  } catch (error) {
    say(`NOT stopped: ${sentence(error)}`, true);
  }
}

export async function resume(): Promise<void> {
  try {
    await post("/risk/resume");
    say("Trading goes on.");
  } catch (error) {
    say(`Still stopped: ${sentence(error)}`, true);
  }
}

export async function setPolicy(policy: PolicyName): Promise<void> {
  try {
    await put<Policies>("/risk/policy", { policy });
    say(`Policy is ${policy}.`);
  } catch (error) {
    say(`Policy not changed: ${sentence(error)}`, true);
  }
}
