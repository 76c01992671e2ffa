// The one place that knows the chart library.

import {
  CandlestickSeries,
  ColorType,
  createChart,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  type UTCTimestamp,
} from "lightweight-charts";

import type { Candle } from "../api/types.ts";
import { colour } from "../theme.ts";

export interface Level {
  kind: "entry" | "stop" | "target";
  title: string;
  price: number;
}

const STYLE = { entry: LineStyle.Dotted, stop: LineStyle.Solid, target: LineStyle.Dashed } as const;
const COLOUR = { entry: "--ink-2", stop: "--down", target: "--up" } as const;

function seconds(at: string): UTCTimestamp {
  return Math.floor(Date.parse(at) / 1_000) as UTCTimestamp;
}

/** The library shows times in UTC; what people see is their own zone. */
function local(at: UTCTimestamp): UTCTimestamp {
  return (at - new Date(at * 1_000).getTimezoneOffset() * 60) as UTCTimestamp;
}

export class PriceChart {
  private readonly chart: IChartApi;
  private readonly series: ISeriesApi<"Candlestick">;
  private lines: IPriceLine[] = [];
  private last: { time: UTCTimestamp; open: number; high: number; low: number; close: number } | undefined;
  private readonly step: number;
  private levels: Level[] = [];

  constructor(box: HTMLElement, candles: Candle[]) {
    this.chart = createChart(box, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid, color: "transparent" },
        textColor: colour("--ink-3"),
        fontSize: 11,
        fontFamily: colour("--font"),
        // Its logo brings an inline style, which our policy forbids; the notice is in Settings.
        attributionLogo: false,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colour("--line-soft") } },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.08 } },
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, rightOffset: 3 },
      crosshair: { horzLine: { labelBackgroundColor: colour("--raised") }, vertLine: { labelBackgroundColor: colour("--raised") } },
      handleScroll: false,
      handleScale: false,
    });
    const [up, down] = [colour("--up"), colour("--down")];
    this.series = this.chart.addSeries(CandlestickSeries, {
      upColor: up,
      wickUpColor: up,
      borderVisible: false,
      downColor: down,
      wickDownColor: down,
      priceLineVisible: false,
      priceFormat: precision(candles.at(-1)?.close ?? 1),
      autoscaleInfoProvider: (original: () => { priceRange: { minValue: number; maxValue: number } | null } | null) =>
        this.withLevels(original()),
    });
    const bars = candles.map((candle) => ({ ...candle, time: local(seconds(candle.at)) }));
    this.step = bars.length > 1 ? bars[1]!.time - bars[0]!.time : 60;
    this.series.setData(bars);
    this.last = bars.at(-1);
    this.chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, bars.length - 60), to: bars.length + 3 });
  }

  /** Stop and targets stay in view, however far the price is. */
  private withLevels(info: { priceRange: { minValue: number; maxValue: number } | null } | null) {
    if (info?.priceRange == null) return info;
    const prices = this.levels.map((level) => level.price);
    const { minValue, maxValue } = info.priceRange;
    return { ...info, priceRange: { minValue: Math.min(minValue, ...prices), maxValue: Math.max(maxValue, ...prices) } };
  }

  setLevels(levels: Level[]): void {
    this.levels = levels;
    for (const line of this.lines) this.series.removePriceLine(line);
    this.lines = levels.map((level) =>
      this.series.createPriceLine({
        price: level.price,
        title: level.title,
        color: colour(COLOUR[level.kind]),
        lineStyle: STYLE[level.kind],
        lineWidth: 1,
        axisLabelVisible: true,
      }),
    );
  }

  /** A new price: moves the last candle, or begins the next. */
  tick(price: number, nowMs: number): void {
    if (this.last === undefined) return;
    const begun = Math.floor(nowMs / 1_000 / this.step) * this.step;
    const time = local(begun as UTCTimestamp);
    const { last } = this;
    this.last =
      time > last.time
        ? { time, open: last.close, high: Math.max(price, last.close), low: Math.min(price, last.close), close: price }
        : { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price };
    this.series.update(this.last);
  }

  remove(): void {
    this.chart.remove();
  }
}

function precision(price: number): { type: "price"; precision: number; minMove: number } {
  const digits = price >= 1_000 ? 1 : price >= 1 ? 3 : Math.min(12, 3 - Math.floor(Math.log10(Math.max(price, 1e-12))));
  return { type: "price", precision: digits, minMove: 10 ** -digits };
}
