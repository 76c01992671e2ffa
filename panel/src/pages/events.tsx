import { useEffect, useMemo, useState } from "preact/hooks";

import type { JournalRecord } from "../api/types.ts";
import { hasOlder, loadOlder, records, revision } from "../live/journal.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Tag } from "../parts/figures.tsx";
import { Choice, Search } from "../parts/filters.tsx";
import { Head } from "../parts/head.tsx";
import { Icon } from "../parts/icons.tsx";
import { Json } from "../parts/json.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { gist, type Kind, KINDS, search, tone } from "./event-search.ts";

const ROW = 40;
const PHONE_ROW = 58;

export function EventsPage() {
  const [kind, setKind] = useState<Kind>("all");
  const [words, setWords] = useState("");
  const [frozen, setFrozen] = useState<readonly JournalRecord[] | undefined>(undefined);
  const [chosen, setChosen] = useState<JournalRecord | undefined>(undefined);
  const phone = useNarrow();
  const live = revision.value;
  const base = frozen ?? records();
  const found = useMemo(() => search(base, kind, words), [live, frozen, kind, words]);
  const waiting = frozen === undefined ? 0 : (records().at(-1)?.seq ?? 0) - (frozen.at(-1)?.seq ?? 0);
  return (
    <div class="fill">
      <Head title="Events">
        <Search value={words} onChange={setWords} label="Search events" />
        <Choice label="Kind" value={kind} options={Object.keys(KINDS)} onChange={(value) => setKind(value as Kind)} />
        <button
          type="button"
          class="button"
          aria-pressed={frozen !== undefined}
          onClick={() => setFrozen(frozen === undefined ? records().slice() : undefined)}
        >
          <Icon name={frozen === undefined ? "pause" : "play"} />
          {frozen === undefined ? "Pause" : `Go on (${waiting} new)`}
        </button>
        <span class="count num" data-testid="event-count">
          {found.length} of {base.length}
        </span>
      </Head>
      {found.length === 0 ? (
        <Empty title={base.length === 0 ? "The journal is empty" : "Nothing fits"}>
          {base.length === 0 ? "Events show here the moment they are written." : "Take a filter back, or search for less."}
        </Empty>
      ) : (
        <VirtualList
          label="Events, newest first"
          items={found}
          rowHeight={phone ? PHONE_ROW : ROW}
          keyOf={(record) => record.seq}
          row={(record) => <Row record={record} open={() => setChosen(record)} />}
          atEnd={() => frozen === undefined && hasOlder() && void loadOlder()}
        />
      )}
      {chosen !== undefined && <Detail record={chosen} close={() => setChosen(undefined)} />}
    </div>
  );
}

function useNarrow(): boolean {
  const query = useMemo(() => matchMedia("(max-width: 700px)"), []);
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const change = () => setNarrow(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return narrow;
}

function Row({ record, open }: { record: JournalRecord; open: () => void }) {
  return (
    <button type="button" class="event" onClick={open}>
      <span class="event-seq num">{record.seq}</span>
      <Time at={record.ts} millis />
      <span class={`event-type tone-${tone(record.event_type)}`}>{record.event_type}</span>
      <span class="event-symbol">{record.symbol ?? ""}</span>
      <span class="event-gist">{gist(record)}</span>
    </button>
  );
}

function Detail({ record, close }: { record: JournalRecord; close: () => void }) {
  return (
    <Dialog title={`Event ${record.seq}`} close={close}>
      <p class="line">
        <Tag kind={tone(record.event_type)}>{record.event_type}</Tag>
        <Time at={record.ts} millis />
      </p>
      {record.trace_id !== undefined && (
        <p>
          <a href={`#/trace/${record.trace_id}`} onClick={close}>
            Everything of trace {record.trace_id}
          </a>
        </p>
      )}
      <Json value={record.payload} />
    </Dialog>
  );
}
