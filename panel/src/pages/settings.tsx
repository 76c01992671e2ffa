import { useState } from "preact/hooks";

import { session, signOut } from "../api/session.ts";
import type { Budget, Readiness, Setting } from "../api/types.ts";
import { about, useResource } from "../live/resource.ts";
import { Gauge, Tag } from "../parts/figures.tsx";
import { PartTag } from "../parts/health.tsx";
import { Search } from "../parts/filters.tsx";
import { Head } from "../parts/head.tsx";
import { Empty, Load } from "../parts/states.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { chooseTheme, theme } from "../theme.ts";

export function SettingsPage() {
  const [settings, again] = useResource<{ settings: Setting[]; warnings: string[] }>("/settings", about("SERVICE_STARTED"));
  const [words, setWords] = useState("");
  return (
    <>
      <Head title="Settings">
        <Search label="Search settings" value={words} onChange={setWords} />
      </Head>
      <div class="columns columns-even">
        <Checks />
        <div>
          <RequestBudget />
          <ThisPanel />
        </div>
      </div>
      <Load resource={settings.value} retry={again} lines={12}>
        {(data) => (
          <>
            {data.warnings.map((warning) => (
              <p key={warning} class="note note-warn">
                {warning}
              </p>
            ))}
            <Groups settings={data.settings.filter((one) => fits(one, words))} />
          </>
        )}
      </Load>
    </>
  );
}

function fits(setting: Setting, words: string): boolean {
  const text = `${setting.name} ${setting.meaning} ${setting.value ?? ""}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** What the service needs to trade, asked afresh. */
function Checks() {
  const [ready, again] = useResource<Readiness>("/readyz", about("MEXC_", "SERVICE_", "JOURNAL_", "ALARM"));
  return (
    <section class="panel" aria-labelledby="checks-title">
      <h2 id="checks-title">Checks</h2>
      <Load resource={ready.value} retry={again}>
        {(data) => (
          <ul class="checks">
            {data.checks.map((check) => (
              <li key={check.name}>
                <PartTag part={check} />
                <span class="check-name">{check.name}</span>
                <span class="check-detail">{check.detail}</span>
              </li>
            ))}
          </ul>
        )}
      </Load>
      <p class="older">
        <button type="button" class="button" onClick={again}>
          Check again
        </button>
      </p>
    </section>
  );
}

const WINDOWS: Record<string, string> = {
  ip_weight_10s: "Weight of this address in 10 s",
  query_weight_2_5s: "Of it questions, in 2.5 s",
  uid_weight_10s: "Weight of the account in 10 s",
  orders_1s: "Orders in 1 s",
  account_1s: "Account questions in 1 s",
};

/** How much may still be asked of the exchange. */
function RequestBudget() {
  const [budget, again] = useResource<Budget>("/exchange/budget", about("MEXC_", "SERVICE_"));
  return (
    <section class="panel" aria-labelledby="budget-title">
      <h2 id="budget-title">Requests to the exchange</h2>
      <Load resource={budget.value} retry={again}>
        {(data) => (
          <>
            {data.windows.map((one) => (
              <Gauge key={one.name} name={WINDOWS[one.name] ?? one.name} used={one.limit - one.left} limit={one.limit} />
            ))}
            <p class="line">
              <span>Waiting</span>
              <span class="num">{data.waiting.map((one) => `${one.lane} ${one.waiting}`).join(", ")}</span>
            </p>
            {data.paused_ms > 0 && <p class="note note-bad">The exchange wants silence for {Math.ceil(data.paused_ms / 1_000)} s more.</p>}
            {data.degraded && <p class="note note-warn">The shared budget's store is lost: this process keeps to a part of it.</p>}
          </>
        )}
      </Load>
      <p class="older">
        <button type="button" class="button" onClick={again}>
          Ask again
        </button>
      </p>
    </section>
  );
}

function ThisPanel() {
  return (
    <section class="panel" aria-labelledby="look-title">
      <h2 id="look-title">This panel</h2>
      <div class="line">
        <span>Colours</span>
        <Tabs label="Colours" tabs={["system", "dark", "light"] as const} chosen={theme.value} choose={chooseTheme} />
      </div>
      <p class="faint look-note">
        Times are in your zone ({Intl.DateTimeFormat().resolvedOptions().timeZone}); hover for UTC. The API is described at{" "}
        <a href="/docs">/docs</a>. Charts by{" "}
        <a href="https://www.tradingview.com/" rel="noreferrer noopener">
          TradingView Lightweight Charts™
        </a>
        , © TradingView, Inc., Apache License 2.0.
      </p>
      {session.value === "in" && (
        <button type="button" class="button" onClick={() => void signOut()}>
          Sign out
        </button>
      )}
    </section>
  );
}

function Groups({ settings }: { settings: Setting[] }) {
  const groups = Map.groupBy(settings, (one) => one.group);
  if (groups.size === 0) return <Empty title="No setting fits">Search for less.</Empty>;
  return (
    <>
      {[...groups].map(([group, rows]) => (
        <section key={group} class="panel" aria-label={group}>
          <h2>{group}</h2>
          <ul class="settings">
            {rows.map((one) => (
              <li key={one.name} class={one.source === "default" ? "" : "setting-own"}>
                <code class="setting-name">{one.name}</code>
                <span class="setting-value">
                  {one.value === null ? <span class="faint">{one.default}</span> : <code>{one.value}</code>}
                  {one.source !== "default" && <Tag kind="signal">{one.source}</Tag>}
                </span>
                <span class="setting-meaning">{one.meaning}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
