import { describe, expect, it } from "vitest";

import type { SignalFields } from "../src/api/types.ts";
import { correction, fieldTexts } from "../src/signals/correction.ts";

const FIELDS: SignalFields = {
  symbol: "SUIUSDT",
  entries: ["1.10"],
  tps: [],
  tp_pcts: [2, 4.5],
  sl: null,
  sl_pct: "1.5",
  leverage: null,
};
const READ = fieldTexts(FIELDS);

describe("a label says what a person changed", () => {
  it("shows a reading as people write it", () => {
    expect(READ).toEqual({ symbol: "SUIUSDT", entries: "1.10", targets: "2% 4.5%", stop: "1.5%" });
    expect(fieldTexts(null)).toEqual({ symbol: "", entries: "", targets: "", stop: "" });
  });

  it("sends the intent alone where nothing else was touched", () => {
    expect(correction("SELL", READ, READ)).toEqual({ intent: "SELL" });
  });

  it("sends changed fields with their digits, prices apart from percentages", () => {
    const told = { symbol: " btc/usdt ", entries: "64,250.10 65000", targets: "0.00000007160; 3 %", stop: "" };
    expect(correction("BUY", READ, told)).toEqual({
      intent: "BUY",
      symbol: "btc/usdt",
      entries: ["64250.10", "65000"],
      tps: ["0.00000007160"],
      tp_pcts: ["3"],
      sl: null,
      sl_pct: null,
    });
  });

  it("says that a field is not there", () => {
    expect(correction("CLOSE", READ, { ...READ, symbol: "", entries: "" })).toEqual({
      intent: "CLOSE",
      symbol: null,
      entries: [],
    });
  });

  it("sends no fields of what trades nothing", () => {
    expect(correction("NO_TRADE", READ, { symbol: "", entries: "", targets: "", stop: "" })).toEqual({ intent: "NO_TRADE" });
  });
});
