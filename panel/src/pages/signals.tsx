import { useState } from "preact/hooks";

import type { Intent, Label } from "../api/types.ts";
import { useResource } from "../live/resource.ts";
import { Choice, Search } from "../parts/filters.tsx";
import { Head } from "../parts/head.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { SignalCard } from "../signals/card.tsx";
import { fits, OUTCOMES, type SignalFilter } from "../signals/fold.ts";
import { MessageLegend } from "../signals/message.tsx";
import { failure, load, loadOlderSignals, olderSignals, signals } from "../signals/timeline.ts";
import { TryMessage } from "../signals/try.tsx";

export function SignalsPage() {
  const [filter, setFilter] = useState<SignalFilter>({ channel: "all", outcome: "all", symbol: "" });
  const [labels, readLabels] = useResource<{ labels: Label[] }>("/signals/labels", () => false, { limit: 1_000 });
  const labelled = new Map(labels.value.data?.labels.map((one): [string | null, Intent] => [one.trace_id, one.intent]));
  const known = signals.value ?? [];
  const channels = ["all", ...new Set(known.map((one) => one.channel ?? one.source))];
  const shown = known.filter((one) => fits(one, filter));
  return (
    <>
      <Head title="Signals">
        <Search label="Pair" value={filter.symbol} onChange={(symbol) => setFilter({ ...filter, symbol })} />
        <Choice
          label="Channel"
          value={filter.channel}
          options={channels}
          onChange={(channel) => setFilter({ ...filter, channel })}
        />
        <Choice
          label="Outcome"
          value={filter.outcome}
          options={OUTCOMES}
          onChange={(outcome) => setFilter({ ...filter, outcome })}
        />
      </Head>
      <TryMessage />
      <MessageLegend />
      {failure.value !== undefined && <Failed error={failure.value} retry={() => void load()} />}
      {signals.value === undefined && failure.value === undefined && <Loading lines={8} />}
      {signals.value !== undefined && shown.length === 0 && <NothingHere any={known.length > 0} />}
      <div class="timeline">
        {shown.map((one) => (
          <SignalCard key={one.trace_id} signal={one} labelled={labelled.get(one.trace_id)} onLabelled={readLabels} />
        ))}
      </div>
      {olderSignals.value !== null && (
        <p class="older">
          <button type="button" class="button" onClick={() => void loadOlderSignals()}>
            Older signals
          </button>
        </p>
      )}
    </>
  );
}

function NothingHere({ any }: { any: boolean }) {
  if (any) return <Empty title="No signal fits">Take a filter back, or load older signals below.</Empty>;
  return (
    <Empty title="No message has come in yet">
      Send one to <code>POST /signals/ingest-and-score</code>, connect a channel, or try one above.
    </Empty>
  );
}
