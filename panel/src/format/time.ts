// Times in the viewer's zone, and spans as people say them.

const two = (value: number): string => String(value).padStart(2, "0");

/** Microseconds since 1970 of an RFC 3339 time; the journal has six decimals, Date only three. */
export function micros(text: string): number {
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? "";
  const whole = Date.parse(text.replace(/\.\d+/, ""));
  return whole * 1000 + Number(fraction.padEnd(6, "0"));
}

/** `14:03:07` here. */
export function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `14:03:07.123` here. */
export function clockMillis(at: Date): string {
  return `${clock(at)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** `23 Nov` here; with the year where it is not this one. */
export function day(at: Date, now: Date): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
  if (at.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat("en-GB", options).format(at);
}

/** The time, with the day where it is not today. */
export function moment(at: Date, now: Date): string {
  return at.toDateString() === now.toDateString() ? clock(at) : `${day(at, now)}, ${clock(at)}`;
}

/** For the hover: `2026-11-23 00:22:14.005 UTC`. */
export function utc(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : `${at.toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** A span given in microseconds: `84 µs`, `3.7 ms`, `1.24 s`, `3 min 05 s`, `2 h 04 min`, `4 d 3 h`. */
export function span(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  const ms = us / 1_000;
  if (ms < 1_000) return `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const s = ms / 1_000;
  if (s < 60) return `${s < 10 ? s.toFixed(2) : s.toFixed(1)} s`;
  const whole = Math.floor(s);
  if (s < 3_600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (s < 86_400) return `${Math.floor(whole / 3_600)} h ${two(Math.floor((whole % 3_600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

/** How long ago, coarse: `now`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function ago(ms: number): string {
  if (ms < 2_000) return "now";
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s ago`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  return `${Math.floor(ms / 86_400_000)} d ago`;
}
