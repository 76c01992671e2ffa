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
    // A page whose stream is cut complains.
    await page.goto("about:blank");
    await service.remove();
  }
});

test("ten thousand events scroll smoothly, are searched and stay paused", async ({ page }) => {
  const service = await Service.prepare();
  try {
    // A first run gives the journal its beginning; ten thousand notices follow.
    await service.run();
    await service.end();
    service.append((last) =>
      Array.from({ length: 10_000 }, (_, index) => {
        const payload = { message: `notice-${index + 1} of many`, details: { part: String(index % 7) } };
        return { seq: last.seq + index + 1, ts: last.ts, event_type: "MEXC_CONNECTED", payload };
      }),
    );
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
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await expect(page.locator(".event-seq").last()).toHaveText("1");

    const idle = sorted(await list.evaluate(scrollThrough, false));
    const frames = sorted(await list.evaluate(scrollThrough, true));
    const at = (list: number[], share: number) => list[Math.floor(list.length * share)]!;
    const told = (list: number[]) => `median ${at(list, 0.5).toFixed(0)} ms, p95 ${at(list, 0.95).toFixed(0)} ms`;
    console.log(`10,000 events, ${frames.length} frames from top to bottom: ${told(frames)} a frame; standing still ${told(idle)}`);
    expect(await page.locator(".event").count()).toBeLessThan(80);
    // A busy machine draws slowly whatever it draws: what the list adds to a frame is what counts.
    expect(at(frames, 0.5) - at(idle, 0.5)).toBeLessThan(120);

    await page.getByRole("searchbox", { name: "Search events" }).fill("notice-4242");
    await expect(page.getByTestId("event-count")).toHaveText(/^1 of/);
    await page.getByRole("searchbox", { name: "Search events" }).fill("");
    await page.getByRole("button", { name: "Pause" }).click();
    const before = await held(page);
    await service.message("BUY BTC/USDT market, SL 3%, TP 5%", "paused");
    await expect(page.getByRole("button", { name: /Go on \([1-9]/ })).toBeVisible();
    expect((await held(page)).count).toBe(before.count);
  } finally {
    // A page whose stream is cut complains.
    await page.goto("about:blank");
    await service.remove();
  }
});

test("an alarm stands across every page until it was seen on this device", async ({ page }) => {
  const service = await Service.prepare();
  try {
    await service.run();
    await service.end();
    service.append((last) => {
      const payload = { message: "a stop could not be placed", details: {} };
      return [{ seq: last.seq + 1, ts: new Date().toISOString(), event_type: "ALARM", symbol: "BTCUSDT", payload }];
    });
    await service.run();
    const banner = page.getByRole("alert").filter({ hasText: "a stop could not be placed" });
    for (const name of ["overview", "risk"]) {
      await open(page, service, name);
      await expect(banner).toContainText("BTC/USDT");
    }
    await banner.getByRole("button", { name: "Seen" }).click();
    await expect(banner).toHaveCount(0);
    await page.reload();
    await expect(page.locator(".link")).toHaveText("live");
    await expect(banner).toHaveCount(0);
  } finally {
    // A page whose stream is cut complains.
    await page.goto("about:blank");
    await service.remove();
  }
});

function sorted(list: number[]): number[] {
  return list.sort((left, right) => left - right);
}

/** From top to bottom in 120 frames, or standing still; how long each took, ms. */
async function scrollThrough(box: Element, moving: boolean): Promise<number[]> {
  const frames: number[] = [];
  let last = performance.now();
  for (let step = 0; step <= 120; step += 1) {
    if (moving) box.scrollTop = ((box.scrollHeight - box.clientHeight) * step) / 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames;
}
