// What a person changed of a reading. Only that is sent: the rest stays as the service reads it.

import type { Intent, SignalFields } from "../api/types.ts";

export interface FieldTexts {
  symbol: string;
  entries: string;
  targets: string;
  stop: string;
}

const percent = (value: number | string): string => `${value}%`;

/** The fields of a reading as people edit them. */
export function fieldTexts(fields: SignalFields | null): FieldTexts {
  const targets = [...(fields?.tps ?? []), ...(fields?.tp_pcts ?? []).map(percent)];
  const stop = fields?.sl ?? (fields?.sl_pct == null ? "" : percent(fields.sl_pct));
  return {
    symbol: fields?.symbol ?? "",
    entries: (fields?.entries ?? []).join(" "),
    targets: targets.join(" "),
    stop: String(stop),
  };
}

interface Amounts {
  prices: string[];
  percents: string[];
}

/** Numbers stay text, so that no digit is lost. `1 234` are two of them, `1,234` is one. */
function amounts(text: string): Amounts {
  const words = text.replaceAll(/\s+%/g, "%").split(/[\s;]+/).filter((word) => word !== "");
  const plain = words.map((word) => word.replaceAll(",", "").replace(/^\+/, ""));
  return {
    prices: plain.filter((word) => !word.endsWith("%")),
    percents: plain.filter((word) => word.endsWith("%")).map((word) => word.slice(0, -1)),
  };
}

/** The intent, and the fields that are other than what was read. */
export function correction(intent: Intent, read: FieldTexts, told: FieldTexts): Record<string, unknown> {
  const changed = (name: keyof FieldTexts) => intent !== "NO_TRADE" && told[name].trim() !== read[name].trim();
  const body: Record<string, unknown> = { intent };
  if (changed("symbol")) body["symbol"] = told.symbol.trim() || null;
  if (changed("entries")) body["entries"] = amounts(told.entries).prices;
  if (changed("targets")) {
    const { prices, percents } = amounts(told.targets);
    Object.assign(body, { tps: prices, tp_pcts: percents });
  }
  if (changed("stop")) {
    const { prices, percents } = amounts(told.stop);
    Object.assign(body, { sl: prices[0] ?? null, sl_pct: percents[0] ?? null });
  }
  return body;
}
