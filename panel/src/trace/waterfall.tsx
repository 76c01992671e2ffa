import { span } from "../format/time.ts";
import { along, type Stage, ticks } from "./stages.ts";

const GOOD = new Set(["filled", "protected", "acknowledged"]);
const BAD = new Set(["blocked", "refused", "in doubt", "not traded"]);

function tone(name: string): string {
  return BAD.has(name) ? "bad" : GOOD.has(name) ? "good" : "calm";
}

/** Each stage as a bar from the one before to itself, on a logarithmic axis. */
export function Waterfall({ stages }: { stages: Stage[] }) {
  const total = stages.at(-1)?.to ?? 0;
  const percent = (us: number) => `${along(us, total) * 100}%`;
  return (
    <div class="waterfall">
      <div class="fall-axis" aria-hidden="true">
        <span />
        <div class="fall-ticks">
          {ticks(total).map((tick) => (
            <span key={tick} style={{ left: percent(tick) }}>
              {tick === 0 ? "0" : span(tick)}
            </span>
          ))}
        </div>
        <span />
      </div>
      <ol class="fall-rows">
        {stages.map((stage) => (
          <li key={stage.name} class={`fall tone-bar-${tone(stage.name)}`}>
            <span class="fall-name">{stage.name}</span>
            <span class="fall-track" aria-hidden="true">
              <i style={{ left: percent(stage.from), width: `max(3px, calc(${percent(stage.to)} - ${percent(stage.from)}))` }} />
            </span>
            <span class="fall-time num">
              {stage.sameStep ? <span title="Decided in the same step of the engine">same step</span> : `+${span(stage.to - stage.from)}`}
            </span>
            <span class="fall-detail">{stage.detail}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
