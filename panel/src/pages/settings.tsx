import { useState } from "preact/hooks";

import { session, signOut } from "../api/session.ts";
import type { Readiness, Setting } from "../api/types.ts";
import { about, useResource } from "../live/resource.ts";
import { Tag } from "../parts/figures.tsx";
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
        <ThisPanel />
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
