import { expect } from "@playwright/test";

import { hold, open, test } from "./panel.ts";

test("holding the kill switch stops entries at once, and the journal has it", async ({ page, service }) => {
  await open(page, service, "signals");
  await hold(page, /^Stop trading/);
  await expect(page.getByText("Trading is stopped", { exact: false }).first()).toBeVisible();
  const record = await service.eventually("KILL_SWITCH", (one) => one.payload["mode"] === "cancel");
  expect(record.payload["reason"]).toContain("panel");

  const answer = await service.message("BUY BTC/USDT market SL 2% TP 3%", "while-stopped");
  expect(answer.routed).toBe(false);

  await page.getByRole("button", { name: /^Stopped/ }).filter({ visible: true }).click();
  await hold(page, "Hold to resume trading");
  await service.eventually("KILL_SWITCH", (one) => one.payload["mode"] === null);
  await expect(page.locator(".banner-stop")).toHaveCount(0);
});

test("a short tap stops nothing; the word typed by keyboard does", async ({ page, service }) => {
  await open(page, service, "overview");
  const before = (await service.events("KILL_SWITCH")).length;
  await page.getByRole("button", { name: /^Stop trading/ }).filter({ visible: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect((await service.events("KILL_SWITCH")).length).toBe(before);

  await page.getByRole("radio", { name: /^Entries No new entries\. Resting/ }).check();
  await page.getByLabel("or type STOP").fill("stop");
  await page.keyboard.press("Enter");
  await expect(page.locator(".banner-stop")).toBeVisible();
  const record = await service.eventually("KILL_SWITCH", (one) => one.payload["mode"] === "entries");
  expect(record.payload["by"]).toBe("api");
  await service.send("POST", "/risk/resume");
  await expect(page.locator(".banner-stop")).toHaveCount(0);
});

test("the policy is switched by holding, and the journal has it", async ({ page, service }) => {
  await open(page, service, "risk");
  await hold(page, "Hold to switch to conservative");
  const record = await service.eventually("RISK_POLICY_CHANGED", (one) => one.payload["to"] === "conservative");
  expect(record.payload["from"]).toBe("moderate");
  await expect(page.locator(".policy-on h3")).toHaveText("conservative");
  await expect(page.getByText("moderate to conservative by api")).toBeVisible();
});

test("a position is closed by holding", async ({ page, service }) => {
  await service.send("PUT", "/risk/policy", { policy: "moderate" });
  await service.message("BUY XMR/USDT market, SL 5%, TP 8%", "to-close");
  await open(page, service, "overview");
  await hold(page, "Hold to close XMR/USDT at the market");
  const record = await service.eventually("POSITION_CLOSED", (one) => one.symbol === "XMRUSDT");
  expect(record.payload["reason"]).toBe("manual");
  await expect(page.getByRole("heading", { name: "XMR/USDT" })).toHaveCount(0);
});

test("a person settles that less is held than the bot believes", async ({ page, service, expected }) => {
  expected.complaints.push(/400/);
  await service.message("BUY TRX/USDT market, SL 5%, TP 8%", "to-settle");
  await service.eventually("RISK_SLTP", (one) => one.symbol === "TRXUSDT");
  await open(page, service, "overview");
  const card = page.locator("article.position").filter({ hasText: "TRX/USDT" });
  await card.getByRole("button", { name: "Less is held?" }).click();
  await page.getByLabel("Quantity that is left, 0 for nothing").fill("1000000000");
  await hold(page, "Hold to say so of TRX/USDT");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Not noted");
  await page.getByLabel("Quantity that is left, 0 for nothing").fill("0");
  await hold(page, "Hold to say so of TRX/USDT");
  await service.eventually("POSITION_ADJUSTED", (one) => one.symbol === "TRXUSDT");
  await expect(card).toHaveCount(0);
});
