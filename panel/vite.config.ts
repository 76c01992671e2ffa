import type { ServerResponse } from "node:http";

import { defineConfig } from "vitest/config";

// `npm run dev` and `npm run preview` show the panel beside a service that runs already. Paths are
// passed on with the caller's own Host, since the service refuses foreign origins.
const service = process.env["LEVIBOT_URL"] ?? "http://127.0.0.1:8000";
const api = "^/(session|healthz|livez|readyz|exchange|signals|orders|positions|trades|events|trace|channels|risk|settings|stream|metrics|openapi.json|docs|candles|config)";
const proxy = {
  [api]: {
    target: service,
    changeOrigin: false,
    // An event stream is open from its headers on, not from its first event.
    configure: (server: { on(event: "proxyRes", act: (from: unknown, to: unknown, out: ServerResponse) => void): void }) =>
      server.on("proxyRes", (_from, _to, out) => out.flushHeaders()),
  },
};

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The strict Content-Security-Policy allows no inlined scripts, and no polyfill is needed.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
