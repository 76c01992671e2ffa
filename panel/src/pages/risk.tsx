import { useState } from "preact/hooks";

import type { JournalRecord, Policies, PolicyName, RiskStatus, RuleReport } from "../api/types.ts";
import * as number from "../format/number.ts";
import { about, useNow, useResource } from "../live/resource.ts";
import { setPolicy } from "../live/standing.ts";
import { Gauge, limitTitle, Result, Tag } from "../parts/figures.tsx";
import { Head } from "../parts/head.tsx";
import { HoldButton } from "../parts/hold-button.tsx";
import { Load } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { gist } from "./event-search.ts";

const MOVES = about("ORDER_", "POSITION_", "RISK_", "KILL_SWITCH", "MEXC_RECONCILED");

export function RiskPage() {
  const [risk, readRisk] = useResource<RiskStatus>("/risk/status", MOVES);
  const [policies, readPolicies] = useResource<Policies>("/risk/policy", about("RISK_POLICY"));
  return (
    <>
      <Head title="Risk" />
      <section aria-labelledby="policy-title">
        <h2 id="policy-title">Policy</h2>
        <Load resource={policies.value} retry={readPolicies}>
          {(data) => <PolicySwitch policies={data} />}
        </Load>
      </section>
      <div class="columns columns-even">
        <section class="panel" aria-labelledby="gauges-title">
          <h2 id="gauges-title">Limits</h2>
          <Load resource={risk.value} retry={readRisk}>
            {(data) => <Limits limits={data.limits} />}
          </Load>
        </section>
        <section class="panel" aria-labelledby="cooldowns-title">
          <h2 id="cooldowns-title">Cooldowns</h2>
          <Load resource={risk.value} retry={readRisk}>
            {(data) => <Cooldowns key={JSON.stringify(data.cooldowns)} list={data.cooldowns} />}
          </Load>
        </section>
      </div>
      <Rules />
      <History />
    </>
  );
}

function PolicySwitch({ policies }: { policies: Policies }) {
  return (
    <div class="policies">
      {policies.policies.map((row) => {
        const inForce = row.name === policies.policy;
        return (
          <article key={row.name} class={`card policy${inForce ? " policy-on" : ""}`}>
            <header class="line">
              <h3>{row.name}</h3>
              {inForce && <Tag kind="good">in force</Tag>}
            </header>
            <dl class="pairs">
              <Pair title="Stop" text={`${number.plain(row.sl_atr_multiple)} × ATR`} />
              <Pair title="Reward" text={`${number.plain(row.tp_rr)} : 1`} />
              <Pair title="Largest order" text={number.plain(row.max_notional)} />
              <Pair title="Cooldown" text={`${row.cooldown_sec} s`} />
            </dl>
            {!inForce && (
              <HoldButton
                class="hold-wide"
                label={`Hold to switch to ${row.name}`}
                onHeld={() => void setPolicy(row.name satisfies PolicyName)}
              >
                Hold to switch
              </HoldButton>
            )}
          </article>
        );
      })}
    </div>
  );
}

function Pair({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd class="num">{text}</dd>
    </div>
  );
}

function Limits({ limits }: { limits: RiskStatus["limits"] }) {
  return (
    <>
      {limits
        .filter((limit) => limit.used !== null)
        .map((limit) => (
          <Gauge key={limit.name} name={limit.name} used={limit.used ?? 0} limit={limit.limit} />
        ))}
      {limits
        .filter((limit) => limit.used === null)
        .map((limit) => (
          <p key={limit.name} class="line">
            <span>{limitTitle(limit.name)}</span>
            <span class="num">{number.plain(limit.limit)}</span>
          </p>
        ))}
    </>
  );
}

/** The service says how long is left when it is asked; from then on the clock runs here. */
function Cooldowns({ list }: { list: RiskStatus["cooldowns"] }) {
  const now = useNow();
  const [since] = useState(() => Date.now());
  const passed = Math.max(0, (now - since) / 1_000);
  const running = list.filter((one) => one.seconds_left > passed);
  if (running.length === 0) return <p class="faint">No pair is resting. After an entry its pair pauses for a while.</p>;
  return (
    <ul class="cooldowns">
      {running.map((one) => (
        <li key={one.symbol} class="line">
          <span>{number.pair(one.symbol)}</span>
          <span class="num">{Math.ceil(one.seconds_left - passed)} s</span>
        </li>
      ))}
    </ul>
  );
}

/** Each rule's own account: what the signals it blocked would have come to. */
function Rules() {
  const [report, again] = useResource<{ days: number; rules: RuleReport[] }>("/risk/report", about("SHADOW_"));
  return (
    <section class="panel" aria-labelledby="rules-title">
      <h2 id="rules-title">What the rules cost and saved</h2>
      <Load resource={report.value} retry={again}>
        {(data) =>
          data.rules.length === 0 ? (
            <p class="faint">No rule has blocked a signal in the last {data.days} days.</p>
          ) : (
            <Table label="Rules" columns={RULE_COLUMNS} rows={data.rules} keyOf={(rule) => rule.name} />
          )
        }
      </Load>
    </section>
  );
}

const RULE_COLUMNS: readonly Column<RuleReport>[] = [
  { title: "Rule", cell: (rule) => rule.name.replaceAll("_", " ") },
  { title: "Would have won", cell: (rule) => rule.won, right: true },
  { title: "Would have lost", cell: (rule) => rule.lost, right: true },
  { title: "Followed now", cell: (rule) => rule.following, right: true },
  { title: "Mean R", cell: (rule) => (rule.mean_r === null ? "–" : number.result(rule.mean_r)), right: true },
  { title: "Result forgone", cell: (rule) => <Result value={rule.pnl} />, right: true },
];

function History() {
  const [history, again] = useResource<{ events: JournalRecord[] }>("/events", about("RISK_POLICY", "KILL_SWITCH"), {
    type: "RISK_POLICY_CHANGED,KILL_SWITCH",
    limit: 50,
  });
  return (
    <section class="panel" aria-labelledby="history-title">
      <h2 id="history-title">Changes</h2>
      <Load resource={history.value} retry={again}>
        {(data) =>
          data.events.length === 0 ? (
            <p class="faint">Nobody has changed the policy or pulled the kill switch yet.</p>
          ) : (
            <ul class="history">
              {data.events.map((record) => (
                <li key={record.seq}>
                  <Time at={record.ts} />
                  <Tag kind={record.event_type === "KILL_SWITCH" ? "warn" : "calm"}>
                    {record.event_type === "KILL_SWITCH" ? "kill switch" : "policy"}
                  </Tag>
                  <span>{gist(record)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
    </section>
  );
}
