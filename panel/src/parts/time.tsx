import { clockMillis, moment, utc, ago, micros } from "../format/time.ts";
import { useNow } from "../live/resource.ts";

/** A time in the viewer's zone; hovering shows UTC. */
export function Time({ at, millis = false }: { at: string | null | undefined; millis?: boolean }) {
  if (!at) return <span class="faint">–</span>;
  const date = new Date(at);
  return (
    <time class="num" dateTime={at} title={utc(at)}>
      {millis ? clockMillis(date) : moment(date, new Date())}
    </time>
  );
}

/** How long ago, kept up to date; hovering shows UTC. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  return (
    <time class="num" dateTime={at} title={utc(at)}>
      {ago(Math.max(0, now - micros(at) / 1_000))}
    </time>
  );
}
