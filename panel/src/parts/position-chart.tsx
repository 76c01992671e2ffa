// Candles with entry, stop and targets. The chart library is loaded only where a chart is shown.

import { useEffect, useRef, useState } from "preact/hooks";

import { get } from "../api/client.ts";
import type { Candle, Position } from "../api/types.ts";
import * as number from "../format/number.ts";
import { theme } from "../theme.ts";
import type { Level, PriceChart } from "./price-chart.ts";

interface CandleAnswer {
  candles: Candle[];
}

function levels(position: Position): Level[] {
  const { plan } = position;
  const found: Level[] = [];
  if (position.entry_price !== null) found.push({ kind: "entry", title: "entry", price: position.entry_price });
  if (plan !== null) {
    found.push({ kind: "stop", title: "stop", price: plan.stop });
    plan.targets.forEach((target, index) => {
      if (index >= position.targets_done) found.push({ kind: "target", title: `T${index + 1}`, price: target.price });
    });
  }
  return found;
}

export function PositionChart({ position }: { position: Position }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart>(undefined);
  const [missing, setMissing] = useState(false);
  const chosen = theme.value;
  useEffect(() => {
    const gone = new AbortController();
    void draw(position, box.current, gone.signal).then(
      (drawn) => (chart.current = drawn),
      () => gone.signal.aborted || setMissing(true),
    );
    return () => {
      gone.abort();
      chart.current?.remove();
      chart.current = undefined;
    };
  }, [position.symbol, chosen]);
  const marks = JSON.stringify(levels(position));
  useEffect(() => chart.current?.setLevels(levels(position)), [marks]);
  useEffect(() => {
    if (position.price !== null) chart.current?.tick(position.price, Date.now());
  }, [position.price]);

  if (missing) return null;
  const label = `Price of ${number.pair(position.symbol)}, now ${number.price(position.price)}; ${levels(position)
    .map((level) => `${level.title} ${number.price(level.price)}`)
    .join(", ")}`;
  return <div class="chart" role="img" aria-label={label} ref={box} />;
}

async function draw(position: Position, box: HTMLElement | null, gone: AbortSignal): Promise<PriceChart> {
  const [{ PriceChart }, answer] = await Promise.all([
    import("./price-chart.ts"),
    get<CandleAnswer>(`/exchange/candles/${position.symbol}`, { limit: 120 }, gone),
  ]);
  if (box === null || gone.aborted) throw new Error("nothing to draw on");
  const drawn = new PriceChart(box, answer.candles);
  drawn.setLevels(levels(position));
  return drawn;
}
