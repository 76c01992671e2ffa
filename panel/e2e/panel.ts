// What every test of the panel shares: a service, a page, and that the console stays clean.

import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page, test as base } from "@playwright/test";

import { Service } from "./service.ts";

export const PAGES = ["overview", "signals", "orders", "channels", "risk", "events", "settings"];

interface Shared {
  service: Service;
}

interface Each {
  /** What the browser complained about. Tests that cut the connection expect complaints. */
  complaints: string[];
  expected: { complaints: RegExp[] };
}

export const test = base.extend<Each, Shared>({
  service: [
    async ({}, use) => {
      const service = await Service.start();
      await use(service);
      await service.remove();
    },
    { scope: "worker" },
  ],
  expected: async ({}, use) => use({ complaints: [] }),
  complaints: [
    async ({ page, expected }, use) => {
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          complaints.push(`${message.text()} ${message.location().url}`);
        }
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await fresh(page);
      await use(complaints);
      const surprising = complaints.filter((one) => !expected.complaints.some((known) => known.test(one)));
      expect(surprising, "errors and warnings in the console").toEqual([]);
    },
    { auto: true },
  ],
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** With PANEL_DIST a fresh build is shown without building the service anew: for work on the panel. */
export async function fresh(page: Page): Promise<void> {
  const dist = process.env["PANEL_DIST"];
  if (dist === undefined) return;
  await page.route(/^http:\/\/127\.0\.0\.1:\d+\/(assets\/.*)?$/, async (route) => {
    const name = new URL(route.request().url()).pathname;
    const path = join(dist, name === "/" ? "index.html" : name);
    if (!existsSync(path)) return route.continue();
    const headers = name === "/" ? { "Content-Security-Policy": POLICY } : {};
    return route.fulfill({ path, headers });
  });
}

/** Opens a page of the panel and waits until it is live. */
export async function open(page: Page, service: Service, name: string): Promise<void> {
  await page.goto(`${service.url}/#/${name}`);
  await expect(page.locator(".link")).toHaveText("live");
}

/** Presses and holds until the button has had enough. */
export async function hold(page: Page, label: string | RegExp): Promise<void> {
  const button = page.getByRole("button", { name: label }).filter({ visible: true }).first();
  await button.hover();
  await page.mouse.down();
  await page.waitForTimeout(950);
  await page.mouse.up();
}
