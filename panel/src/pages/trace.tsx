import { useMemo } from "preact/hooks";

import type { Check, IngestPayload, JournalRecord, ScoredPayload, ServiceStage } from "../api/types.ts";
import * as number from "../format/number.ts";
import { micros, span } from "../format/time.ts";
import { useResource } from "../live/resource.ts";
import { Checks } from "../parts/checks.tsx";
import { Head } from "../parts/head.tsx";
import { Icon } from "../parts/icons.tsx";
import { Json } from "../parts/json.tsx";
import { Empty, Load } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { Confidence } from "../signals/card.tsx";
import { MessageText } from "../signals/message.tsx";
import { IntentTag } from "../signals/outcome.tsx";
import { stages } from "../trace/stages.ts";
import { Waterfall } from "../trace/waterfall.tsx";
import { gist, tone } from "./event-search.ts";

interface Trace {
  stages: ServiceStage[];
  events: JournalRecord[];
}

export function TracePage({ id }: { id: string }) {
  const [trace, again] = useResource<Trace>(
    `/trace/${encodeURIComponent(id)}`,
    (record) => record.trace_id === id,
    { limit: 1_000 },
  );
  return (
    <>
      <Head title="Trace">
        <a class="button button-bare" href="#/signals">
          <Icon name="back" /> Signals
        </a>
        <code class="faint">{id}</code>
      </Head>
      <Load resource={trace.value} retry={again} lines={8}>
        {(data) => <Life trace={data} />}
      </Load>
    </>
  );
}

function Life({ trace }: { trace: Trace }) {
  const { events } = trace;
  const ordered = useMemo(() => [...events].sort((left, right) => left.seq - right.seq), [events]);
  const life = useMemo(() => stages(trace.stages, events), [trace]);
  if (ordered.length === 0) return <Empty title="Nothing has this trace">The journal of that day may be archived.</Empty>;
  const payload = <T,>(type: string) => ordered.find((one) => one.event_type === type)?.payload as T | undefined;
  const ingest = payload<IngestPayload>("SIGNAL_INGEST");
  const scored = payload<ScoredPayload>("SIGNAL_SCORED");
  const judged = ordered.find((one) => Array.isArray(one.payload["checks"]));
  const symbol = ordered.find((one) => one.symbol !== undefined)?.symbol;
  const total = life.at(-1)?.to ?? 0;
  return (
    <>
      <section class="panel" aria-labelledby="life-title">
        <h2 id="life-title">
          {number.pair(symbol)} <span class="count">{span(total)} from first to last stage</span>
        </h2>
        <Waterfall stages={life} />
      </section>
      <div class="columns columns-even">
        {ingest !== undefined && (
          <section class="panel" aria-labelledby="message-title">
            <h2 id="message-title">
              Message {scored !== undefined && <IntentTag intent={scored.score.label} />}
            </h2>
            <MessageText text={ingest.text} spans={scored?.spans ?? []} />
            {scored !== undefined && <Confidence confidence={scored.score.confidence} reasons={scored.score.reasons} />}
          </section>
        )}
        {judged !== undefined && (
          <section class="panel" aria-labelledby="checks-title">
            <h2 id="checks-title">Checks</h2>
            <Checks checks={judged.payload["checks"] as Check[]} />
          </section>
        )}
      </div>
      <section class="panel" aria-labelledby="events-title">
        <h2 id="events-title">
          Events <span class="count">{ordered.length}</span>
        </h2>
        <ol class="trace-events">
          {ordered.map((record, index) => (
            <TraceEvent key={record.seq} record={record} before={ordered[index - 1]} />
          ))}
        </ol>
      </section>
    </>
  );
}

function TraceEvent({ record, before }: { record: JournalRecord; before: JournalRecord | undefined }) {
  const gap = before === undefined ? 0 : micros(record.ts) - micros(before.ts);
  return (
    <li>
      <details>
        <summary class="trace-event">
          <Time at={record.ts} millis />
          <span class="num faint">{gap > 0 ? `+${span(gap)}` : ""}</span>
          <span class={`event-type tone-${tone(record.event_type)}`}>{record.event_type}</span>
          <span class="event-gist">{gist(record)}</span>
        </summary>
        <Json value={record.payload} />
      </details>
    </li>
  );
}
