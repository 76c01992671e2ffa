// Every page as it looks with life in it, on a desk and on a phone: `make screenshots`.

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, type Page, test } from "@playwright/test";

import { OTHER, post, QUICK, RUNNING } from "../feed.ts";
import { fresh, open } from "../panel.ts";
import { Service } from "../service.ts";

const FOLDER = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const MOST_BYTES = 150_000;
/** How long the quick trades get to end, ms. */
const LIFE_MS = Number(process.env["SCREENSHOT_LIFE_MS"] ?? 90_000);
const SETTINGS = {
  AUTO_ROUTE_DEFAULT_NOTIONAL: "120",
  RISK_MAX_TOTAL_EXPOSURE: "2000",
  RISK_COOLDOWN_SEC: "300",
};
const VIEWS = [
  { name: "desk", viewport: { width: 1360, height: 850 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 390, height: 844 }, colorScheme: "light" },
] as const;
const PAGES = (process.env["SCREENSHOT_PAGES"] ?? "overview,signals,orders,channels,risk,events,settings").split(",");

async function picture(page: Page, name: string): Promise<void> {
  const path = `${FOLDER}${name}.png`;
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.waitForTimeout(1_300);
  await page.screenshot({ path });
  // 256 colours are plenty for a page. Debian's package; without it files are three times as large.
  const small = spawnSync("pngquant", ["--force", "--strip", "--output", path, "256", path]);
  if (small.error !== undefined) console.log("pngquant is not installed: the picture stays large");
  const { size } = statSync(path);
  console.log(`${String(size).padStart(7)} B  docs/images/${name}.png`);
  expect(size, `${name}.png is too large for the repository`).toBeLessThan(MOST_BYTES);
}

test("the pages of the panel", async ({ browser }) => {
  const service = await Service.start(SETTINGS);
  try {
    for (const [index, message] of QUICK.entries()) await post(service, message, `quick-${index}`);
    await new Promise((wake) => setTimeout(wake, LIFE_MS));
    const traces: string[] = [];
    for (const [index, message] of RUNNING.entries()) traces.push(await post(service, message, `run-${index}`));
    await service.send("PUT", "/risk/policy", { policy: "aggressive" });
    await service.send("PUT", "/risk/policy", { policy: "moderate" });
    for (const [index, message] of OTHER.entries()) await post(service, message, `other-${index}`);
    await service.eventually("RISK_SLTP", (one) => one.trace_id === traces[2]);
    const closed = (await service.events("POSITION_CLOSED"))[0]?.trace_id ?? traces[0]!;

    for (const { name, viewport, colorScheme } of VIEWS) {
      const context = await browser.newContext({ viewport, colorScheme, timezoneId: "Europe/Istanbul", locale: "en-GB" });
      const page = await context.newPage();
      await fresh(page);
      for (const one of PAGES) {
        await open(page, service, one);
        await picture(page, `${name}-${one}`);
      }
      await open(page, service, `trace/${closed}`);
      await picture(page, `${name}-trace`);
      await context.close();
    }
    await stopped(await browser.newPage({ viewport: VIEWS[1].viewport, colorScheme: "dark" }), service);
  } finally {
    await service.remove();
  }
});

/** The kill switch's sheet on a phone at night. */
async function stopped(page: Page, service: Service): Promise<void> {
  await fresh(page);
  await open(page, service, "overview");
  await page.getByRole("button", { name: /^Stop trading/ }).filter({ visible: true }).click();
  await picture(page, "phone-kill-switch");
  await page.close();
}
