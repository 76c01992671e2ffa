// Across every page: what is wrong now, and alarms that nobody has looked at.

import * as number from "../format/number.ts";
import { putAside, unseen } from "../live/alarms.ts";
import { health } from "../live/prices.ts";
import { gist } from "../pages/event-search.ts";
import { Time } from "./time.tsx";

/** What money depends on; the rest is told among the health on the overview. */
const GRAVE = new Set(["stops", "journal", "prices"]);

export function HealthBanner() {
  const wrong = (health.value ?? []).filter((part) => !part.ok || (part.degraded && GRAVE.has(part.name)));
  if (wrong.length === 0) return null;
  return (
    <p class="banner banner-bad" role="alert">
      <span>
        {wrong.map((part) => (
          <span key={part.name} class="banner-line">
            <strong>{part.name}:</strong> {part.detail}
          </span>
        ))}
      </span>
    </p>
  );
}

export function AlarmBanner() {
  const [newest, ...others] = unseen.value;
  if (newest === undefined) return null;
  const where = newest.trace_id === undefined ? "#/events" : `#/trace/${newest.trace_id}`;
  return (
    <div class="banner banner-bad" role="alert">
      <span class="banner-text">
        <strong>Alarm{newest.symbol === undefined ? "" : `, ${number.pair(newest.symbol)}`}</strong> (<Time at={newest.ts} />): {gist(newest)}{" "}
        <a href={where}>Look</a>
        {others.length > 0 && <span class="count"> and {others.length} more</span>}
      </span>
      <button type="button" class="button" onClick={putAside}>
        Seen
      </button>
    </div>
  );
}
