// Numbers as people read them. One width for each digit comes from the style sheet.

const MINUS = "\u2212";
const NONE = "–";

function grouped(value: number, least: number, most: number): string {
  const text = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  }).format(Math.abs(value));
  const isZero = !/[1-9]/.test(text);
  return value < 0 && !isZero ? MINUS + text : text;
}

/** An amount of the quote currency: always two decimals, so that columns align. */
export function amount(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : grouped(value, 2, 2);
}

/** A result: the sign is always there, so that colour is never the only hint. */
export function result(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const text = grouped(value, 2, 2);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A price with the digits that matter at its size. */
export function price(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (size >= 1000) return grouped(value, 2, 2);
  if (size >= 1) return grouped(value, 2, 4);
  if (size === 0) return "0";
  const zeros = Math.max(0, -Math.floor(Math.log10(size)) - 1);
  return grouped(value, 0, Math.min(18, zeros + 5));
}

/** A quantity of a coin: all of its digits. */
export function quantity(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : grouped(value, 0, 12);
}

/** 0.9312 as `93 %`; one decimal where more would mislead. */
export function percent(fraction: number | null | undefined, decimals = 0): string {
  return fraction === null || fraction === undefined ? NONE : `${grouped(fraction * 100, decimals, decimals)} %`;
}

/** A change against a base, signed: `+1.24 %`. */
export function change(from: number | null | undefined, to: number | null | undefined): string {
  if (!from || to === null || to === undefined) return NONE;
  const text = grouped((to / from - 1) * 100, 2, 2);
  return `${to > from && /[1-9]/.test(text) ? "+" : ""}${text} %`;
}

/** A limit, an amount or a count without trailing zeros. */
export function plain(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : grouped(value, 0, 2);
}

/** `BTCUSDT` as `BTC/USDT`, where the quote coin is a usual one. */
export function pair(symbol: string | null | undefined): string {
  if (!symbol) return NONE;
  const found = /^(.+?)(USDT|USDC|USD1|EUR|BTC|ETH)$/.exec(symbol);
  return found ? `${found[1]}/${found[2]}` : symbol;
}
