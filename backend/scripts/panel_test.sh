#!/usr/bin/env bash
# Tests the panel: its pure parts, then the whole of it in Chromium against the built service.
#
# Builds nothing of the service: LEVIBOT_BIN (target/debug/levibot) names the binary, which must have
# been built after the panel. Without Node.js or Chromium nothing is tested; that is said, and under
# CI it is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

without() {
  printf '\n!!! panel tests NOT RUN: %s !!!\n\n' "$1" >&2
  [ -z "${CI:-}" ] || exit 1
  exit 0
}

command -v npm >/dev/null 2>&1 || without "Node.js 20 or newer is not installed"
major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/')
[ "${major:-0}" -ge 20 ] || without "Node.js $(node --version 2>/dev/null) is older than 20"
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
[ -n "$CHROMIUM" ] || without "Chromium is not installed (Debian's package: chromium)"
export CHROMIUM

cd panel
[ -f dist/index.html ] || without "the panel is not built: make panel"
npm run --silent types
npm run --silent unit
npm run --silent e2e
