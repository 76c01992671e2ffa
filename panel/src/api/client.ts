// Every request to the service goes through here: same origin, JSON, failures as sentences.

/** The service's own words about a failed request. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** A key or a new sign-in is needed. */
  get signedOut(): boolean {
    return this.status === 401;
  }
}

let csrfToken: string | undefined;
let onSignedOut: () => void = () => {};

/** The token that writes carry while a session lasts. */
export function useCsrfToken(token: string | undefined): void {
  csrfToken = token;
}

/** Called when the service wants a sign-in. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

export type Query = Record<string, string | number | undefined>;

/** The path with its query; empty values are left out. */
export function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

export function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return send<T>("GET", address(path, query), undefined, signal);
}

export function post<T>(path: string, body: object = {}): Promise<T> {
  return send<T>("POST", path, body);
}

export function put<T>(path: string, body: object): Promise<T> {
  return send<T>("PUT", path, body);
}

export function remove<T>(path: string): Promise<T> {
  return send<T>("DELETE", path);
}

/** A page of a list as text, and the cursor of the next one. */
export async function page(path: string): Promise<{ text: string; next: string | undefined }> {
  const response = await answered(path, { credentials: "same-origin" });
  if (!response.ok) await read(response);
  return { text: await response.text(), next: response.headers.get("X-Next-Cursor") ?? undefined };
}

async function send<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (method !== "GET" && csrfToken !== undefined) headers.set("X-CSRF-Token", csrfToken);
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  return read<T>(await answered(path, init));
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiFailure(0, "unreachable", "The service does not answer. Is it running? This page tries again by itself.");
  }
}

async function read<T>(response: Response): Promise<T> {
  let answer: { error?: unknown; code?: unknown } & T;
  try {
    answer = (await response.json()) as typeof answer;
  } catch {
    throw new ApiFailure(response.status, "unreadable", `The service answered ${response.status} without JSON.`);
  }
  // A readiness of "not yet" is an answer too.
  if (response.ok || (response.status === 503 && "checks" in (answer as object))) return answer;
  const failure = new ApiFailure(
    response.status,
    String(answer.code ?? "unknown"),
    String(answer.error ?? `The service answered ${response.status}.`),
  );
  if (failure.signedOut) onSignedOut();
  throw failure;
}

/** A sentence for a person. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
