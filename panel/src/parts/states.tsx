// What is shown in place of data: loading, nothing there, something wrong. Each says what to do.

import type { ComponentChildren } from "preact";

import type { Resource } from "../live/resource.ts";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <p class="state-title">{title}</p>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

export function Failed({ error, retry }: { error: string; retry?: () => void }) {
  return (
    <div class="state state-bad" role="alert">
      <p class="state-title">This could not be read</p>
      <p>{error}</p>
      {retry !== undefined && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}

/** Shows data, or why there is none. With old data an error stands above it. */
export function Load<T>(props: {
  resource: Resource<T>;
  retry: () => void;
  lines?: number;
  children: (data: T) => ComponentChildren;
}) {
  const { data, error } = props.resource;
  if (data === undefined) {
    return error === undefined ? <Loading lines={props.lines ?? 3} /> : <Failed error={error} retry={props.retry} />;
  }
  return (
    <>
      {error !== undefined && <p class="note note-bad">Not up to date: {error}</p>}
      {props.children(data)}
    </>
  );
}
