#!/usr/bin/env bash
# Builds the panel if this machine can; the service runs without it too, so nothing here is fatal.
set -uo pipefail
cd "$(dirname "$0")/../.."

without() {
  echo "panel: $1; the service runs without it and says so at /"
  exit 0
}

[ -f panel/package.json ] || without "not in this checkout"
command -v npm >/dev/null 2>&1 || without "Node.js 20 or newer is not installed"
major=$(node --version 2>/dev/null | sed -E 's/^v([0-9]+).*/\1/')
[ "${major:-0}" -ge 20 ] || without "Node.js $(node --version 2>/dev/null) is older than 20"
make --no-print-directory panel || without "it could not be built (see above; offline?)"
