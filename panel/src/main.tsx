import { render } from "preact";

import { findSession, session } from "./api/session.ts";
import { App } from "./app.tsx";
import { followAlarms } from "./live/alarms.ts";
import * as journal from "./live/journal.ts";
import { followPrices } from "./live/prices.ts";
import { followStanding } from "./live/standing.ts";
import { followSignals } from "./signals/timeline.ts";
import { applyTheme } from "./theme.ts";

applyTheme();
followPrices();
followStanding();
followAlarms();
followSignals();
session.subscribe((state) => {
  if (state === "in" || state === "open") journal.start();
  else journal.stop();
});
void findSession();

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
