import { describe, expect, it } from "vitest";

import * as number from "../src/format/number.ts";
import { ago, micros, span, utc } from "../src/format/time.ts";

describe("numbers", () => {
  it.each([
    [1234.5, "1,234.50"],
    [-0.004, "0.00"],
    [-12.345, "−12.35"],
    [null, "–"],
  ])("amount %s", (value, text) => expect(number.amount(value)).toBe(text));

  it.each([
    [3.2, "+3.20"],
    [-3.2, "−3.20"],
    [0, "0.00"],
    [0.001, "0.00"],
  ])("a result always tells its sign: %s", (value, text) => expect(number.result(value)).toBe(text));

  it.each([
    [66699.221, "66,699.22"],
    [77.6, "77.60"],
    [0.12345678, "0.12346"],
    [0.0000012345, "0.0000012345"],
    [0, "0"],
  ])("a price keeps the digits that matter: %s", (value, text) => expect(number.price(value)).toBe(text));

  it("changes are signed and need a base", () => {
    expect(number.change(100, 101.5)).toBe("+1.50 %");
    expect(number.change(100, 99)).toBe("−1.00 %");
    expect(number.change(0, 5)).toBe("–");
  });

  it("pairs are split at the quote coin", () => {
    expect(number.pair("BTCUSDT")).toBe("BTC/USDT");
    expect(number.pair("WEIRD")).toBe("WEIRD");
    expect(number.pair(null)).toBe("–");
  });
});

describe("time", () => {
  it("keeps the journal's microseconds", () => {
    expect(micros("2026-11-23T00:22:14.005340Z") - micros("2026-11-23T00:22:14.000001Z")).toBe(5_339);
    expect(micros("2026-11-23T00:22:14Z") % 1_000_000).toBe(0);
  });

  it.each([
    [84, "84 µs"],
    [3_677, "3.7 ms"],
    [250_000, "250 ms"],
    [1_240_000, "1.24 s"],
    [185_000_000, "3 min 05 s"],
    [7_440_000_000, "2 h 04 min"],
    [270_000_000_000, "3 d 3 h"],
  ])("%s µs", (us, text) => expect(span(us)).toBe(text));

  it.each([
    [900, "now"],
    [12_000, "12 s ago"],
    [320_000, "5 min ago"],
  ])("ago %s ms", (ms, text) => expect(ago(ms)).toBe(text));

  it("hovers in UTC", () => expect(utc("2026-11-23T00:22:14.005340Z")).toBe("2026-11-23 00:22:14.005 UTC"));
});
