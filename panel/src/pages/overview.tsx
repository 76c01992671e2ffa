import { useComputed } from "@preact/signals";

import type { Balance, ClosedPosition, Position, RiskStatus } from "../api/types.ts";
import * as number from "../format/number.ts";
import { health, prices } from "../live/prices.ts";
import { about, useResource } from "../live/resource.ts";
import { Figure, Gauge, Result, Tag } from "../parts/figures.tsx";
import { Head } from "../parts/head.tsx";
import { PositionCard } from "../parts/position-card.tsx";
import { Empty, Load, Loading } from "../parts/states.tsx";
import { Ago } from "../parts/time.tsx";
import { RecentSignals } from "../signals/recent.tsx";
import { valued } from "./valuation.ts";

const MONEY_MOVES = about("ORDER_", "POSITION_", "RISK_", "KILL_SWITCH", "MEXC_", "SERVICE_");

export function OverviewPage() {
  const [positions, readPositions] = useResource<{ positions: Position[] }>("/positions", MONEY_MOVES);
  const [risk, readRisk] = useResource<RiskStatus>("/risk/status", MONEY_MOVES);
  const fills = about("ORDER_FILLED", "ORDER_PARTIAL_FILL", "ORDER_CANCELED", "POSITION_CLOSED", "MEXC_RECONCILED");
  const [balance] = useResource<{ balances: Balance[] }>("/exchange/balance", fills);
  const [closed] = useResource<{ positions: ClosedPosition[] }>("/positions", about("POSITION_CLOSED"), {
    status: "closed",
    limit: 500,
  });
  const held = useComputed(() => valued(positions.value.data?.positions ?? [], prices.value));
  const standing = risk.value.data;
  return (
    <>
      <Head title="Overview" />
      <Figures
        held={held.value}
        quote={balance.value.data?.balances.find((one) => one.asset === "USDT")?.total}
        today={standing?.realised_today}
        closed={closed.value.data?.positions}
      />
      <div class="columns">
        <section class="wide" aria-labelledby="positions-title">
          <h2 id="positions-title">
            Open positions <span class="count">{held.value.length}</span>
          </h2>
          <Load resource={positions.value} retry={readPositions} lines={6}>
            {() =>
              held.value.length === 0 ? (
                <Empty title="Nothing is held">
                  A position opens with the first fill of an entry, and shows here with its stop and targets.
                </Empty>
              ) : (
                <div class="cards">
                  {held.value.map((position) => (
                    <PositionCard key={position.id} position={position} />
                  ))}
                </div>
              )
            }
          </Load>
        </section>
        <aside class="narrow">
          <section class="panel" aria-labelledby="limits-title">
            <h2 id="limits-title">Limits</h2>
            <Load resource={risk.value} retry={readRisk}>
              {(data) => (
                <>
                  {data.limits
                    .filter((limit) => limit.used !== null)
                    .map((limit) => (
                      <Gauge key={limit.name} name={limit.name} used={limit.used ?? 0} limit={limit.limit} />
                    ))}
                  <p class="line">
                    <span>Policy</span>
                    <a href="#/risk">{data.policy}</a>
                  </p>
                </>
              )}
            </Load>
          </section>
          <Health />
          <section class="panel" aria-labelledby="recent-title">
            <h2 id="recent-title">
              Latest signals <a href="#/signals">all</a>
            </h2>
            <RecentSignals />
          </section>
        </aside>
      </div>
    </>
  );
}

function Figures(props: {
  held: Position[];
  quote: number | undefined;
  today: number | undefined;
  closed: ClosedPosition[] | undefined;
}) {
  const worth = props.held.reduce((sum, one) => sum + one.qty * (one.price ?? one.entry_price ?? 0), 0);
  const open = props.held.reduce((sum, one) => sum + (one.unrealised_pnl ?? 0), 0);
  const realised = props.closed?.reduce((sum, one) => sum + one.realised_pnl, 0);
  const won = props.closed?.filter((one) => one.realised_pnl > 0).length ?? 0;
  const last = props.closed?.[0];
  return (
    <dl class="figures">
      <Figure label="Equity" hint="USDT on the account and open positions at the best bid" sub="USDT">
        {props.quote === undefined ? "–" : number.amount(props.quote + worth)}
      </Figure>
      <Figure label="Unrealised" hint="What selling now would add" sub={`${props.held.length} open`}>
        <Result value={open} />
      </Figure>
      <Figure label="Realised today" hint="Since 00:00 UTC, after fees" sub="since 00:00 UTC">
        <Result value={props.today} />
      </Figure>
      <Figure
        label="Realised, closed positions"
        sub={
          last === undefined ? (
            "none closed yet"
          ) : (
            <>
              {won} of {props.closed?.length} won, last <Ago at={last.closed_at} />
            </>
          )
        }
      >
        <Result value={realised} />
      </Figure>
    </dl>
  );
}

/** Health comes with the stream: at once when a part of it changes. */
function Health() {
  const parts = health.value;
  return (
    <section class="panel" aria-labelledby="health-title">
      <h2 id="health-title">Health</h2>
      {parts === undefined ? (
        <Loading lines={5} />
      ) : (
        <ul class="health">
          {parts.map((part) => (
            <li key={part.name} title={part.detail}>
              <Tag kind={part.ok ? "good" : "bad"}>{part.ok ? "ok" : "not ok"}</Tag>
              <span class="health-name">{part.name}</span>
              {!part.ok && <span class="health-text">{part.detail}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
