import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { test } from "@playwright/test";

import { Service } from "./service.ts";

const panel = fileURLToPath(new URL("..", import.meta.url));
const copy = `${panel}test-results/contract`;

test("the panel compiles against what the service says of itself today", async () => {
  const service = await Service.start();
  try {
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy, { recursive: true });
    cpSync(`${panel}src`, `${copy}/src`, { recursive: true });
    execFileSync(process.execPath, [`${panel}scripts/schema.mjs`, service.url, `${copy}/src/api/schema.d.ts`]);
    writeFileSync(`${copy}/tsconfig.json`, JSON.stringify({ extends: "../../tsconfig.json", include: ["src"] }));
    execFileSync(process.execPath, [`${panel}node_modules/typescript/bin/tsc`, "-p", copy], { encoding: "utf8" });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`the panel does not fit the service's document; npm run schema, then mend:\n${stdout ?? String(error)}`);
  } finally {
    await service.remove();
  }
});
