// Finds in a message what the parser read out of it. The service tells values, not places: each
// value is looked for again in the text, as it may be written there.

import type { SignalFields } from "../api/types.ts";

export type SpanKind = "symbol" | "side" | "entry" | "target" | "stop" | "leverage";
export interface Span {
  start: number;
  end: number;
  kind: SpanKind;
}

interface NumberToken {
  start: number;
  end: number;
  values: number[];
  percent: boolean;
  times: boolean;
}

const NUMBER = /\d(?:[\d.,'’ \u00a0]*\d)?/g;

/** Every number in the text with the values it may stand for. */
export function numbers(text: string): NumberToken[] {
  const found: NumberToken[] = [];
  for (const match of text.matchAll(NUMBER)) {
    const pieces = /[ \u00a0]/.test(match[0]) && !/^\d{1,3}([ \u00a0]\d{3})+([.,]\d+)?$/.test(match[0]);
    if (pieces) {
      // Several numbers with blanks between, not one with blanks for thousands.
      for (const part of match[0].matchAll(/\d(?:[\d.,'’]*\d)?/g)) {
        found.push(token(text, match.index + part.index, part[0]));
      }
    } else {
      found.push(token(text, match.index, match[0]));
    }
  }
  return found;
}

function token(text: string, start: number, written: string): NumberToken {
  let end = start + written.length;
  let values = readings(written);
  const suffix = /^k(?![a-z])/i.exec(text.slice(end));
  if (suffix !== null) {
    end += suffix[0].length;
    values = values.map((value) => value * 1_000);
  }
  const after = text.slice(end, end + 3);
  const before = text.slice(Math.max(0, start - 1), start);
  return { start, end, values, percent: /^\s?[%٪]/.test(after), times: /^\s?x/i.test(after) || /x/i.test(before) };
}

/** `65,000` may be 65000 or 65: both are kept, and the parsed value decides. */
function readings(written: string): number[] {
  const tight = written.replaceAll(/['’ \u00a0]/g, "");
  const candidates = [
    tight.replaceAll(",", ""),
    tight.replaceAll(".", "").replace(",", "."),
    tight.replace(",", "."),
  ];
  const values = candidates.map(Number).filter((value) => Number.isFinite(value));
  return [...new Set(values)];
}

const same = (left: number, right: number): boolean =>
  left === right || Math.abs(left - right) <= 1e-9 * Math.max(Math.abs(left), Math.abs(right));

/** The places, in order and without overlaps. */
export function spans(text: string, fields: SignalFields | null, reasons: readonly string[] = []): Span[] {
  if (fields === null) return [];
  const taken: Span[] = [];
  const free = (start: number, end: number) => taken.every((span) => end <= span.start || start >= span.end);
  const take = (start: number, end: number, kind: SpanKind) => {
    if (free(start, end)) taken.push({ start, end, kind });
  };
  for (const [start, end] of symbolPlaces(text, fields)) take(start, end, "symbol");
  for (const word of quoted(reasons)) {
    const at = text.toLowerCase().indexOf(word.toLowerCase());
    if (at >= 0) take(at, at + word.length, "side");
  }
  takeNumbers(text, fields, taken, take);
  return taken.sort((left, right) => left.start - right.start);
}

function takeNumbers(
  text: string,
  fields: SignalFields,
  taken: readonly Span[],
  take: (start: number, end: number, kind: SpanKind) => void,
): void {
  const tokens = numbers(text);
  const overlaps = (one: NumberToken) => taken.some((span) => one.start < span.end && span.start < one.end);
  const find = (value: number, fits: (one: NumberToken) => boolean, kind: SpanKind) => {
    const hit = tokens.find((one) => fits(one) && !overlaps(one) && one.values.some((read) => same(read, value)));
    if (hit !== undefined) take(hit.start, hit.end, kind);
  };
  const price = (one: NumberToken) => !one.percent;
  const percent = (one: NumberToken) => one.percent;
  if (fields.leverage !== null) find(fields.leverage, (one) => one.times, "leverage");
  for (const value of fields.entries) find(Number(value), price, "entry");
  for (const value of fields.tps) find(Number(value), price, "target");
  if (fields.sl !== null) find(Number(fields.sl), price, "stop");
  if (fields.sl_pct != null) find(Number(fields.sl_pct), percent, "stop");
  for (const value of fields.tp_pcts ?? []) find(Number(value), percent, "target");
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function symbolPlaces(text: string, fields: SignalFields): [number, number][] {
  if (!fields.symbol) return [];
  const parts = /^(.+?)(USDT|USDC|USD1|EUR|BTC|ETH)$/.exec(fields.symbol);
  const base = escape(parts?.[1] ?? fields.symbol);
  const whole = new RegExp(`[#$]?(?<![\\p{L}\\d])${base}\\s?[/_-]?\\s?(?:USDT|USDC|USD1|USD|EUR|BTC|ETH)(?![\\p{L}\\d])`, "iu");
  const alone = new RegExp(`[#$]?(?<![\\p{L}\\d])${base}(?![\\p{L}\\d])`, "iu");
  const match = whole.exec(text) ?? alone.exec(text);
  return match === null ? [] : [[match.index, match.index + match[0].length]];
}

/** The words that the scorer names in quotation marks. */
function quoted(reasons: readonly string[]): string[] {
  return reasons.flatMap((reason) => [...reason.matchAll(/"([^"]{2,40})"/g)].map((match) => match[1]!));
}
