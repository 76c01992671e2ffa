// What every test of the panel shares: a service, a page, and that the console stays clean.

import { expect, type Page, test as base } from "@playwright/test";

import { Service } from "./service.ts";

/** Where the panel is served from, when not by the service itself. */
export const home = (service: Service): string => process.env["PANEL_URL"] ?? service.url;

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
      await use(complaints);
      const surprising = complaints.filter((one) => !expected.complaints.some((known) => known.test(one)));
      expect(surprising, "errors and warnings in the console").toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens a page of the panel and waits until it is live. */
export async function open(page: Page, service: Service, name: string): Promise<void> {
  await page.goto(`${home(service)}/#/${name}`);
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
