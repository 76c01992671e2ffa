import { expect } from "@playwright/test";

import { hold, open, test } from "./panel.ts";
import { Service } from "./service.ts";

const KEY = "a-long-key-for-this-test";

test("with API_KEYS one signs in once, writes carry the token, and signing out ends it", async ({ page, expected }) => {
  expected.complaints.push(/401/);
  const service = await Service.start({ API_KEYS: KEY });
  try {
    await page.goto(service.url);
    await page.getByLabel("API key").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("not one of");
    await page.getByLabel("API key").fill(KEY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.locator(".link")).toHaveText("live");
    const kept = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain(KEY);
    expect(kept).not.toContain("session");

    await hold(page, /^Stop trading/);
    await service.eventually("KILL_SWITCH", (one) => one.payload["mode"] === "cancel");
    await page.reload();
    await expect(page.locator(".link")).toHaveText("live");

    await open(page, service, "settings");
    await expect(page.getByText("***").first()).toBeVisible();
    expect(await page.content()).not.toContain(KEY);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByLabel("API key")).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("API key")).toBeVisible();
  } finally {
    await service.remove();
  }
});
