import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { open, test } from "./panel.ts";
import { Service } from "./service.ts";

/** How many events the panel holds, and the number of the newest one in view. */
async function held(page: Page): Promise<{ count: number; newest: number }> {
  const text = (await page.getByTestId("event-count").textContent()) ?? "";
  const newest = (await page.locator(".event-seq").first().textContent()) ?? "";
  return { count: Number(/of (\d+)/.exec(text)?.[1]), newest: Number(newest) };
}

test("after kill -9 and a restart the panel comes back without holes or doubles", async ({ page, expected }) => {
  expected.complaints.push(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|Failed to load resource/);
  const service = await Service.start();
  try {
    await open(page, service, "events");
    await service.message("BUY BTC/USDT market, SL 3%, TP 5%", "before");
    await service.eventually("RISK_SLTP");
    await service.end("SIGKILL");
    await expect(page.locator(".link")).toHaveText("reconnecting");
    await expect(page.getByText("No connection to the service")).toBeVisible();
    await service.run();
    // Written before the panel is back: it has to be fetched, not only heard.
    await service.message("BUY ETH/USDT market, SL 3%, TP 5%", "after");
    await service.eventually("RISK_SLTP", (one) => one.symbol === "ETHUSDT");
    await expect(page.locator(".link")).toHaveText("live", { timeout: 15_000 });
    await service.message("BUY SOL/USDT market, SL 3%, TP 5%", "live-again");
    await service.eventually("RISK_SLTP", (one) => one.symbol === "SOLUSDT");
    // The journal's numbers have no gaps: as many records as the newest number means each once.
    await expect
      .poll(async () => {
        const [{ count, newest }, journal] = [await held(page), await service.events()];
        return count === newest && newest === journal[0]?.seq && journal.length === newest;
      })
      .toBe(true);
  } finally {
    await service.remove();
  }
});

test("ten thousand events scroll smoothly, are searched and stay paused", async ({ page }) => {
  const service = await Service.prepare();
  try {
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const ts = new Date(Date.now() - (10_000 - index) * 10).toISOString();
      const payload = { message: `notice number ${index + 1} of many`, details: { part: String(index % 7) } };
      return JSON.stringify({ seq: index + 1, ts, event_type: "MEXC_CONNECTED", payload });
    });
    const day = join(service.logs, new Date().toISOString().slice(0, 10));
    mkdirSync(day, { recursive: true });
    writeFileSync(join(day, "events.jsonl"), `${lines.join("\n")}\n`);
    await service.run();
    await open(page, service, "events");
    const list = page.getByRole("list", { name: "Events, newest first" });
    // Scrolling to the end fetches older pages until all are there.
    await expect
      .poll(async () => {
        await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
        return (await held(page)).count;
      }, { timeout: 20_000, intervals: [60] })
      .toBeGreaterThanOrEqual(10_000);
    await expect(page.locator(".event-seq").last()).toHaveText("1");

    const frames = await list.evaluate(scrollThrough);
    frames.sort((left, right) => left - right);
    const at = (share: number) => frames[Math.floor(frames.length * share)]!.toFixed(1);
    console.log(`10,000 events, a scroll of ${frames.length} frames: median ${at(0.5)} ms, p95 ${at(0.95)} ms a frame`);
    expect(await page.locator(".event").count()).toBeLessThan(80);
    expect(frames[Math.floor(frames.length * 0.5)]).toBeLessThan(60);

    await page.getByRole("searchbox", { name: "Search events" }).fill("number 4242 of");
    await expect(page.getByTestId("event-count")).toHaveText(/^1 of/);
    await page.getByRole("searchbox", { name: "Search events" }).fill("");
    await page.getByRole("button", { name: "Pause" }).click();
    const before = await held(page);
    await service.message("BUY BTC/USDT market, SL 3%, TP 5%", "paused");
    await expect(page.getByRole("button", { name: /Go on \([1-9]/ })).toBeVisible();
    expect((await held(page)).count).toBe(before.count);
  } finally {
    await service.remove();
  }
});

/** From top to bottom in 120 frames; how long each took, ms. */
async function scrollThrough(box: Element): Promise<number[]> {
  const frames: number[] = [];
  let last = performance.now();
  for (let step = 0; step <= 120; step += 1) {
    box.scrollTop = ((box.scrollHeight - box.clientHeight) * step) / 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames;
}
