import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, type Page } from "@playwright/test";

import { open, PAGES, test } from "./panel.ts";
import type { Service } from "./service.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  id: string;
  impact: string;
  nodes: string[];
}

/** Serious and critical findings of axe-core. */
async function findings(page: Page): Promise<Finding[]> {
  return page.evaluate(async () => {
    interface Violation {
      id: string;
      impact: string;
      nodes: { html: string; failureSummary: string }[];
    }
    const { axe: tool } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: Violation[] }> } };
    const { violations } = await tool.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
    return violations
      .filter((one) => one.impact === "serious" || one.impact === "critical")
      .map((one) => ({ ...one, nodes: one.nodes.map((node) => `${node.html} ${node.failureSummary}`) }));
  });
}

async function seed(service: Service): Promise<string> {
  await service.message("BUY BTC/USDT now\nTargets: 69000 / 72000\nStop loss 60000", "a11y-1");
  await service.message("Nothing to trade here", "a11y-2", "beta");
  const { trace_id } = await service.message("BUY NEAR/USDT market, SL 3%, TP 5%", "a11y-3");
  await service.eventually("RISK_SLTP", (one) => one.trace_id === trace_id);
  return trace_id;
}

// The check is injected by the test driver, which the page's own strict policy would not allow.
test.describe("accessibility", () => {
  test.use({ bypassCSP: true });
  for (const colorScheme of ["dark", "light"] as const) {
    test(`no page has serious findings in ${colorScheme} colours`, async ({ page, service }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const trace = await seed(service);
      for (const name of [...PAGES, `trace/${trace}`]) {
        await open(page, service, name);
        await expect(page.locator("h1")).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await page.addScriptTag({ content: axe });
        expect(await findings(page), name).toEqual([]);
      }
    });
  }

  test("the kill switch's dialog has no serious findings and closes by Escape", async ({ page, service }) => {
    await open(page, service, "overview");
    await page.getByRole("button", { name: /^Stop trading/ }).filter({ visible: true }).click();
    await page.addScriptTag({ content: axe });
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});

test("on a phone nothing scrolls sideways and the kill switch is under the thumb", async ({ page, service }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const trace = await seed(service);
  for (const name of [...PAGES, "more", `trace/${trace}`]) {
    await open(page, service, name);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, `${name} is too wide`).toBe(0);
    const kill = await page.getByRole("button", { name: /^Stop trading/ }).filter({ visible: true }).boundingBox();
    expect(kill!.y, name).toBeGreaterThan(740 * 0.8);
    expect(kill!.height).toBeGreaterThanOrEqual(44);
  }
});

test("all pages are reached by keyboard alone", async ({ page, service }) => {
  await open(page, service, "overview");
  await page.keyboard.press("Tab");
  await expect(page.getByText("Skip to the content")).toBeFocused();
  const risk = page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Risk" });
  for (let presses = 0; presses < 20 && !(await risk.evaluate((link) => link === document.activeElement)); presses += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Risk", level: 1 })).toBeVisible();
});

test("the first paint comes within a second, from this service alone", async ({ page, service }) => {
  const foreign: string[] = [];
  const ours = new URL(service.url).host;
  page.on("request", (request) => {
    if (new URL(request.url()).host !== ours) foreign.push(request.url());
  });
  await open(page, service, "overview");
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1);
  console.log(`first contentful paint: ${paint.toFixed(0)} ms after navigation`);
  expect(paint).toBeGreaterThan(0);
  expect(paint).toBeLessThan(3_000);
  expect(foreign).toEqual([]);
});

test("orders are paged, filtered and written to a file", async ({ page, service }) => {
  await seed(service);
  await open(page, service, "orders");
  await expect(page.getByRole("cell", { name: "filled" }).first()).toBeVisible();
  await page.getByRole("searchbox").fill("NEARUSDT");
  await expect(page.locator("tbody tr").filter({ hasNotText: "NEAR/USDT" })).toHaveCount(0);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const file = readFileSync(await (await waiting).path(), "utf8").trimEnd().split("\n");
  expect(file[0]).toMatch(/^created_at,symbol,side,/);
  expect(file.length).toBeGreaterThanOrEqual(2);
  expect(file.slice(1).every((line) => line.includes("NEARUSDT"))).toBe(true);
});

test("the settings tell the request budget, and the checks behind being ready", async ({ page, service }) => {
  await open(page, service, "settings");
  const budget = page.getByRole("region", { name: "Requests to the exchange" });
  await expect(budget.getByRole("meter", { name: "Weight of this address in 10 s" })).toBeVisible();
  await expect(budget.getByText(/^exit \d+, entry \d+, query \d+$/)).toBeVisible();
  const checks = page.getByRole("region", { name: "Checks" });
  await expect(checks.getByText(/exchange answers, \d+ pairs listed/)).toBeVisible();
});
