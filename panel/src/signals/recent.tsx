import * as number from "../format/number.ts";
import { Loading } from "../parts/states.tsx";
import { Ago } from "../parts/time.tsx";
import { OutcomeTag } from "./outcome.tsx";
import { signals } from "./timeline.ts";

/** The last few signals, one line each. */
export function RecentSignals() {
  const known = signals.value;
  if (known === undefined) return <Loading />;
  if (known.length === 0) return <p class="faint">No message has come in yet.</p>;
  return (
    <ul class="recent">
      {known.slice(0, 6).map((signal) => (
        <li key={signal.trace_id}>
          <a href={`#/trace/${signal.trace_id}`}>
            <span class="recent-symbol">{number.pair(signal.signal?.symbol)}</span>
            <OutcomeTag signal={signal} />
            <Ago at={signal.at} />
          </a>
        </li>
      ))}
    </ul>
  );
}
