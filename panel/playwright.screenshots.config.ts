import { defineConfig } from "@playwright/test";

import tests from "./playwright.config.ts";

export default defineConfig({
  ...tests,
  testDir: "e2e/screenshots",
  testMatch: "pictures.ts",
  timeout: 300_000,
});
