// Signing in: an API key is exchanged once for a cookie that scripts cannot read.

import { signal } from "@preact/signals";

import { get, post, remove, useCsrfToken, whenSignedOut } from "./client.ts";

/** `open`: no key is needed here. */
export const session = signal<"unknown" | "open" | "in" | "out">("unknown");

interface SessionAnswer {
  csrf_token?: string | null;
  required?: boolean;
}

function enter(answer: SessionAnswer): void {
  useCsrfToken(answer.csrf_token ?? undefined);
  session.value = answer.csrf_token ? "in" : "open";
}

/** Finds out whether a key is needed, and whether a session lasts still. */
export async function findSession(): Promise<void> {
  whenSignedOut(() => (session.value = "out"));
  try {
    enter(await get<SessionAnswer>("/session"));
  } catch {
    if (session.value === "unknown") session.value = "open";
  }
}

export async function signIn(key: string): Promise<void> {
  enter(await post<SessionAnswer>("/session", { key }));
}

export async function signOut(): Promise<void> {
  await remove("/session");
  useCsrfToken(undefined);
  session.value = "out";
}
