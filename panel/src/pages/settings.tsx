import { session, signOut } from "../api/session.ts";
import { Head } from "../parts/head.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { chooseTheme, theme } from "../theme.ts";

export function SettingsPage() {
  return (
    <>
      <Head title="Settings" />
      <section class="panel" aria-labelledby="look-title">
        <h2 id="look-title">This panel</h2>
        <p class="line">
          <span>Colours</span>
          <Tabs label="Colours" tabs={["system", "dark", "light"] as const} chosen={theme.value} choose={chooseTheme} />
        </p>
        {session.value === "in" && (
          <button type="button" class="button" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
        <p class="faint">
          Charts by{" "}
          <a href="https://www.tradingview.com/" rel="noreferrer noopener">
            TradingView Lightweight Charts™
          </a>
          , © TradingView, Inc., Apache License 2.0.
        </p>
      </section>
    </>
  );
}
