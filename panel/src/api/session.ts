// Signing in: an API key is exchanged once for a cookie that scripts cannot read.

import { signal } from "@preact/signals";

import { get, post, remove, useCsrfToken, whenSignedOut } from "./client.ts";

/** `open`: no key is needed here. */
export const session = signal<"unknown" | "open" | "in" | "out">("unknown");

interface SessionAnswer {
  required: boolean;
  signed_in: boolean;
  csrf_token: string | null;
}

function enter({ required, signed_in, csrf_token }: SessionAnswer): void {
  useCsrfToken(csrf_token ?? undefined);
  if (!required) session.value = "open";
  else session.value = signed_in ? "in" : "out";
}

/** Finds out whether a key is needed, and whether a session lasts still. */
export async function findSession(): Promise<void> {
  whenSignedOut(() => (session.value = "out"));
  try {
    enter(await get<SessionAnswer>("/session"));
  } catch {
    // Nobody answers: the panel shows that, and its stream comes back by itself.
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
