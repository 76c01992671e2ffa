import type { ComponentType } from "preact";

import { session } from "./api/session.ts";
import { connection } from "./live/journal.ts";
import { marketSource, mode } from "./live/standing.ts";
import { ChannelsPage } from "./pages/channels.tsx";
import { EventsPage } from "./pages/events.tsx";
import { MorePage } from "./pages/more.tsx";
import { OrdersPage } from "./pages/orders.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { RiskPage } from "./pages/risk.tsx";
import { SettingsPage } from "./pages/settings.tsx";
import { SignalsPage } from "./pages/signals.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { TracePage } from "./pages/trace.tsx";
import { AlarmBanner, HealthBanner } from "./parts/alarm-banner.tsx";
import { KillSwitch, StoppedBanner } from "./parts/kill-switch.tsx";
import { MORE, NavLink, type PageName, PAGES } from "./parts/nav.tsx";
import { Toast } from "./parts/toast.tsx";
import { place } from "./router.ts";
import { Empty } from "./parts/states.tsx";

const VIEWS: Record<PageName, ComponentType> = {
  overview: OverviewPage,
  signals: SignalsPage,
  orders: OrdersPage,
  channels: ChannelsPage,
  risk: RiskPage,
  events: EventsPage,
  settings: SettingsPage,
  more: MorePage,
};
/** What a phone's bar has room for beside the kill switch. */
const ON_PHONE: readonly PageName[] = ["overview", "signals", "orders", "more"];

export function App() {
  if (session.value === "unknown") return null;
  if (session.value === "out") return <SignInPage />;
  return <Shell />;
}

function Shell() {
  const { page } = place.value;
  const current = PAGES.find((entry) => entry.page === page);
  document.title = `${current?.title ?? "Trace"} · LeviBot${mode.value === "live" ? " · LIVE" : ""}`;
  return (
    <div class="shell" data-mode={mode.value ?? "unknown"}>
      <a class="skip" href="#content" onClick={focusContent}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="#/overview">
          LeviBot
        </a>
        <ModeBadge />
        <Link />
        <span class="top-kill">
          <KillSwitch />
        </span>
      </header>
      <nav class="side" aria-label="Pages">
        {PAGES.map((entry) => (
          <NavLink key={entry.page} entry={entry} />
        ))}
      </nav>
      <main class="content" id="content" tabIndex={-1}>
        <StoppedBanner />
        <LostBanner />
        <HealthBanner />
        <AlarmBanner />
        <View />
      </main>
      <PhoneBar />
      <Toast />
    </div>
  );
}

function focusContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function View() {
  const { page, rest } = place.value;
  if (page === "trace") return <TracePage key={rest} id={rest} />;
  const Page = (VIEWS as Partial<Record<string, ComponentType>>)[page];
  if (Page !== undefined) return <Page key={page} />;
  return (
    <Empty title="There is no such page">
      Go to the <a href="#/overview">overview</a>.
    </Empty>
  );
}

function PhoneBar() {
  const entries = [...PAGES, MORE].filter((entry) => ON_PHONE.includes(entry.page));
  return (
    <nav class="phone" aria-label="Pages, short">
      {entries.slice(0, 2).map((entry) => (
        <NavLink key={entry.page} entry={entry} />
      ))}
      <KillSwitch />
      {entries.slice(2).map((entry) => (
        <NavLink key={entry.page} entry={entry} />
      ))}
    </nav>
  );
}

const MODE_TEXT = {
  paper: { word: "PAPER", text: "play money" },
  sandbox: { word: "SANDBOX", text: "test exchange" },
  live: { word: "LIVE", text: "real money" },
} as const;

function ModeBadge() {
  const known = mode.value;
  const { word, text } = known === undefined ? { word: "…", text: "asking" } : MODE_TEXT[known];
  return (
    <span class={`mode mode-${known ?? "unknown"}`}>
      <strong>{word}</strong>
      <span class="mode-text">{text}</span>
      {marketSource.value !== undefined && <span class="mode-source">prices: {marketSource.value}</span>}
    </span>
  );
}

const LINK_TEXT = { starting: "connecting", live: "live", lost: "reconnecting" } as const;

function Link() {
  return (
    <span class={`link link-${connection.value}`} role="status">
      <span class="dot" aria-hidden="true" />
      {LINK_TEXT[connection.value]}
    </span>
  );
}

function LostBanner() {
  if (connection.value !== "lost") return null;
  return (
    <p class="banner banner-lost" role="alert">
      <span>
        <strong>No connection to the service.</strong> What you see is the last that was known; the panel comes back by
        itself and misses nothing.
      </span>
    </p>
  );
}
