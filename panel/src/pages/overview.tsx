import { useComputed } from "@preact/signals";

import type { Equity, Position, RiskStatus } from "../api/types.ts";
import * as number from "../format/number.ts";
import { health, prices } from "../live/prices.ts";
import { about, useResource } from "../live/resource.ts";
import { Figure, Gauge, Result, Tag } from "../parts/figures.tsx";
import { Head } from "../parts/head.tsx";
import { PartTag } from "../parts/health.tsx";
import { PositionCard } from "../parts/position-card.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { Empty, Load, Loading } from "../parts/states.tsx";
import { Ago } from "../parts/time.tsx";
import { RecentSignals } from "../signals/recent.tsx";
import { valued } from "./valuation.ts";

const MONEY_MOVES = about("ORDER_", "POSITION_", "RISK_", "KILL_SWITCH", "MEXC_", "SERVICE_");

const ROUTING = {
  on: { kind: "good", text: "are traded" },
  dry_run: { kind: "signal", text: "dry run: judged, not traded" },
  off: { kind: "calm", text: "are not traded" },
} as const;

export function OverviewPage() {
  const [positions, readPositions] = useResource<{ positions: Position[] }>("/positions", MONEY_MOVES);
  const [risk, readRisk] = useResource<RiskStatus>("/risk/status", MONEY_MOVES);
  const [equity] = useResource<Equity>("/equity", MONEY_MOVES, { limit: 500 });
  const held = useComputed(() => valued(positions.value.data?.positions ?? [], prices.value));
  return (
    <>
      <Head title="Overview" />
      <Figures held={held.value} equity={equity.value.data} />
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
                    <span>Signals</span>
                    <Tag kind={ROUTING[data.auto_route].kind}>{ROUTING[data.auto_route].text}</Tag>
                  </p>
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

/** The service's figures, moved by the newest prices. */
function Figures({ held, equity }: { held: Position[]; equity: Equity | undefined }) {
  const open = held.reduce((sum, one) => sum + (one.unrealised_pnl ?? 0), 0);
  const worth = equity === undefined ? undefined : equity.equity + open - equity.unrealised_pnl;
  const history = equity?.history ?? [];
  const last = history.at(-1);
  const won = history.filter((one) => one.realised_pnl > 0).length;
  const without = equity?.unvalued ?? [];
  return (
    <>
      <dl class="figures">
        <Figure
          label="Equity"
          hint="Everything on the account at the best bid"
          sub={`${equity?.quote_asset ?? "USDT"}${without.length > 0 ? `, without ${without.join(", ")}` : ""}`}
        >
          {number.amount(worth)}
        </Figure>
        <Figure label="Unrealised" hint="What selling now would add" sub={`${held.length} open`}>
          <Result value={open} />
        </Figure>
        <Figure label="Realised today" hint="Since 00:00 UTC, after fees" sub="since 00:00 UTC">
          <Result value={equity?.realised_today} />
        </Figure>
        <Figure label="Realised, closed positions" sub={last === undefined ? "none closed yet" : <>{won} of {history.length} won, last <Ago at={last.at} /></>}>
          <Result value={last?.cumulative ?? (equity === undefined ? undefined : 0)} />
        </Figure>
      </dl>
      {history.length > 1 && (
        <section class="panel" aria-labelledby="curve-title">
          <h2 id="curve-title">
            Realised result <span class="count">last {history.length} closed</span>
          </h2>
          <Sparkline label="Realised result" lines={[{ kind: "main", values: [0, ...history.map((point) => point.cumulative)] }]} />
        </section>
      )}
    </>
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
            <li key={part.name}>
              <details open={part.degraded}>
                <summary>
                  <PartTag part={part} /> {part.name}
                </summary>
                <span class="health-text">{part.detail}</span>
              </details>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
