import { useState } from "preact/hooks";

import { post, sentence } from "../api/client.ts";
import type { ClosedPosition, Fee, Order, Trade } from "../api/types.ts";
import { csv, download } from "../format/csv.ts";
import * as number from "../format/number.ts";
import { type PagedSource, usePaged } from "../live/paged.ts";
import { about } from "../live/resource.ts";
import { Result, Tag } from "../parts/figures.tsx";
import { Choice, Search } from "../parts/filters.tsx";
import { Head } from "../parts/head.tsx";
import { HoldButton } from "../parts/hold-button.tsx";
import { Icon } from "../parts/icons.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Time } from "../parts/time.tsx";
import { say } from "../parts/toast.tsx";

const TABS = ["orders", "trades", "closed positions"] as const;
type Tab = (typeof TABS)[number];

export function OrdersPage() {
  const [tab, setTab] = useState<Tab>("orders");
  const [symbol, setSymbol] = useState("");
  const [status, setStatus] = useState("all");
  const wanted = symbol.trim().length >= 5 ? symbol.trim() : undefined;
  return (
    <>
      <Head title="Orders and trades">
        <Tabs label="What to list" tabs={TABS} chosen={tab} choose={setTab} />
        <Search label="Pair, such as BTCUSDT" value={symbol} onChange={setSymbol} />
        {tab === "orders" && (
          <Choice label="Status" value={status} options={["all", "open"]} onChange={setStatus} />
        )}
      </Head>
      {tab === "orders" && <List key="o" source={orders(wanted, status)} columns={ORDER_COLUMNS} />}
      {tab === "trades" && <List key="t" source={trades(wanted)} columns={TRADE_COLUMNS} />}
      {tab === "closed positions" && <List key="c" source={closed(wanted)} columns={CLOSED_COLUMNS} />}
    </>
  );
}

function orders(symbol: string | undefined, status: string): PagedSource<Order> {
  const query = { symbol, status };
  return { path: "/orders", name: "orders", query, concerns: about("ORDER_"), keyOf: (row) => row.client_order_id };
}

function trades(symbol: string | undefined): PagedSource<Trade> {
  return { path: "/trades", name: "trades", query: { symbol }, concerns: about("ORDER_"), keyOf: (row) => String(row.seq) };
}

function closed(symbol: string | undefined): PagedSource<ClosedPosition> {
  const query = { symbol, status: "closed" };
  return { path: "/positions", name: "positions", query, concerns: about("POSITION_"), keyOf: (row) => row.id };
}

function List<T>({ source, columns }: { source: PagedSource<T>; columns: readonly Column<T>[] }) {
  const { state, more, again } = usePaged(source);
  const { rows, next, error } = state.value;
  const save = async () => {
    try {
      const { text, rows: written, cut } = await csv(source.path, source.query);
      download(`levibot-${source.name}.csv`, text);
      say(cut ? `The newest ${written} rows written; there are more.` : `${written} rows written.`);
    } catch (failure) {
      say(`Not exported: ${sentence(failure)}`, true);
    }
  };
  if (rows === undefined) return error === undefined ? <Loading lines={10} /> : <Failed error={error} retry={again} />;
  return (
    <>
      {error !== undefined && <p class="note note-bad">Not up to date: {error}</p>}
      {rows.length === 0 ? (
        <Empty title="None yet">With the first one this list fills by itself.</Empty>
      ) : (
        <Table label={source.name} columns={columns} rows={rows} keyOf={source.keyOf} />
      )}
      <p class="older">
        {next !== null && (
          <button type="button" class="button" onClick={more}>
            Older
          </button>
        )}
        <button type="button" class="button" disabled={rows.length === 0} onClick={() => void save()}>
          <Icon name="download" /> CSV
        </button>
        <span class="count num">{rows.length} shown</span>
      </p>
    </>
  );
}

async function cancel(order: Order): Promise<void> {
  try {
    await post(`/orders/${encodeURIComponent(order.client_order_id)}/cancel`);
    say("Cancel asked for.");
  } catch (error) {
    say(`Not cancelled: ${sentence(error)}`, true);
  }
}

const ENTRY_OPEN = new Set(["intended", "in_doubt", "working"]);
const STATUS_TONE: Record<string, string> = { filled: "good", working: "signal", in_doubt: "bad", failed: "bad" };

function fees(list: Fee[]): string {
  return list.map((fee) => `${number.quantity(fee.amount)} ${fee.asset}`).join(", ");
}

function pairLink(symbol: string | null, trace: string | null) {
  return trace === null ? number.pair(symbol) : <a href={`#/trace/${trace}`}>{number.pair(symbol)}</a>;
}

const sideText = (side: string) => <span class={side === "buy" ? "up" : "down"}>{side}</span>;

const ORDER_COLUMNS: readonly Column<Order>[] = [
  { title: "Time", cell: (o) => <Time at={o.created_at} /> },
  { title: "Pair", cell: (o) => pairLink(o.symbol, o.trace_id) },
  { title: "Side", cell: (o) => sideText(o.side) },
  { title: "For", cell: (o) => o.leg.replace("_", " ") },
  { title: "Type", cell: (o) => o.type, wideOnly: true },
  {
    title: "Status",
    cell: (o) => <Tag kind={STATUS_TONE[o.status] ?? "calm"}>{o.status.replaceAll("_", " ")}</Tag>,
  },
  { title: "Quantity", cell: (o) => number.quantity(o.qty), right: true },
  { title: "Filled", cell: (o) => number.quantity(o.executed_qty), right: true },
  {
    title: "Price",
    cell: (o) => number.price(o.average_price ?? o.limit_price ?? o.price),
    right: true,
  },
  { title: "Amount", cell: (o) => number.amount(o.executed_quote), right: true },
  { title: "Fees", cell: (o) => fees(o.fees), right: true, wideOnly: true },
  {
    title: "Action",
    cell: (o) =>
      o.leg === "entry" && ENTRY_OPEN.has(o.status) ? (
        <HoldButton
          class="hold-small"
          label={`Hold to cancel this order of ${number.pair(o.symbol)}`}
          onHeld={() => void cancel(o)}
          onTap={() => say("Hold the button to cancel the order.")}
        >
          Hold to cancel
        </HoldButton>
      ) : (
        ""
      ),
  },
];

const TRADE_COLUMNS: readonly Column<Trade>[] = [
  { title: "Time", cell: (t) => <Time at={t.at} /> },
  { title: "Pair", cell: (t) => pairLink(t.symbol, t.trace_id) },
  { title: "Side", cell: (t) => sideText(t.side) },
  { title: "Quantity", cell: (t) => number.quantity(t.qty), right: true },
  { title: "Price", cell: (t) => number.price(t.price), right: true },
  { title: "Amount", cell: (t) => number.amount(t.quote), right: true },
  { title: "Fees of the order", cell: (t) => fees(t.order_fees), right: true, wideOnly: true },
  { title: "Order", cell: (t) => <code>{t.client_order_id}</code>, wideOnly: true },
];

const CLOSED_COLUMNS: readonly Column<ClosedPosition>[] = [
  { title: "Closed", cell: (p) => <Time at={p.closed_at} /> },
  { title: "Pair", cell: (p) => pairLink(p.symbol, p.trace_id) },
  { title: "Because", cell: (p) => p.reason.replaceAll("_", " ") },
  { title: "Quantity", cell: (p) => number.quantity(p.qty), right: true, wideOnly: true },
  { title: "In", cell: (p) => number.price(p.entry_price), right: true },
  { title: "Out", cell: (p) => number.price(p.exit_price), right: true },
  { title: "Result", cell: (p) => <Result value={p.realised_pnl} />, right: true },
  { title: "Opened", cell: (p) => <Time at={p.opened_at} />, right: true, wideOnly: true },
];
