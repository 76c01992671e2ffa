#!/usr/bin/env bash
# Installs what `make test` needs beside Rust and a C compiler, if it is missing, and says so.
set -euo pipefail

needed=(curl jq python3 redis-server)
missing=()
for tool in "${needed[@]}"; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
# The panel's tests need a browser; on Ubuntu the package of that name only leads to a snap.
if command -v npm >/dev/null && ! { command -v chromium || command -v chromium-browser; } >/dev/null; then
  missing+=(chromium)
fi
# Debian keeps a part of Python's own venv module in a package of its own.
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)

# Prometheus' package would start a server; only its promtool is wanted, and nothing is installed.
promtool_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/target/tools/promtool
fetch_promtool() {
  if command -v promtool >/dev/null || [ -x "$promtool_folder/usr/bin/promtool" ]; then return; fi
  command -v apt-get >/dev/null || {
    echo "test tools: promtool missing and no apt-get here: install Prometheus' promtool" >&2
    exit 1
  }
  echo "test tools: unpacking promtool into target/tools"
  local folder
  folder=$(mktemp -d)
  # apt's own user may not write here; it says so and downloads as root.
  (cd "$folder" && { apt-get download -qq prometheus 2>/dev/null ||
    { "${as_root[@]}" apt-get update -qq </dev/null && apt-get download -qq prometheus; }; })
  mkdir -p "$promtool_folder"
  dpkg-deb -x "$folder"/prometheus_*.deb "$folder/all"
  mkdir -p "$promtool_folder/usr/bin"
  mv "$folder/all/usr/bin/promtool" "$promtool_folder/usr/bin/"
  rm -rf "$folder"
}

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  # Without a terminal nobody can type a password: fail at once instead of waiting for one.
  as_root=(sudo)
  [ -t 0 ] || as_root=(sudo -n)
fi
fetch_promtool

if [ ${#missing[@]} -eq 0 ]; then
  echo "test tools: ${needed[*]} are here, nothing to install"
  exit 0
fi

if ! command -v apt-get >/dev/null; then
  echo "test tools: ${missing[*]} missing and no apt-get here: install them with your system's package manager" >&2
  exit 1
fi

if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "test tools: ${missing[*]} missing: run as root: apt-get install ${missing[*]}" >&2; exit 1; }
fi

echo "test tools: installing ${missing[*]} with apt-get"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
