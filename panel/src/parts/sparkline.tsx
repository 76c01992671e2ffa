// A small line of results over time, with the zero it is measured against.

import * as number from "../format/number.ts";

const WIDTH = 240;
const HEIGHT = 56;
const EDGE = 4;

export interface Line {
  values: readonly number[];
  kind: "main" | "faint";
}

/** The points of a line between `lowest` and `highest`, as an SVG path. */
export function path(values: readonly number[], lowest: number, highest: number): string {
  const across = values.length > 1 ? (WIDTH - EDGE * 2) / (values.length - 1) : 0;
  const range = highest - lowest || 1;
  const y = (value: number) => EDGE + (1 - (value - lowest) / range) * (HEIGHT - EDGE * 2);
  return values.map((value, index) => `${index === 0 ? "M" : "L"}${(EDGE + across * index).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

export function Sparkline({ label, lines }: { label: string; lines: readonly Line[] }) {
  const all = [0, ...lines.flatMap((line) => line.values)];
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const end = lines.find((line) => line.kind === "main")?.values.at(-1) ?? 0;
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${label}: ${number.result(end)} at the end`} preserveAspectRatio="none">
      <path class="spark-zero" d={path([0, 0], lowest, highest)} />
      {lines.map((line) => (
        <path key={line.kind} class={`spark-${line.kind}${line.kind === "main" ? (end >= 0 ? " up" : " down") : ""}`} d={path(line.values, lowest, highest)} />
      ))}
    </svg>
  );
}
