#!/usr/bin/env bash
# Lets CCXT, a client written by others for the real exchange, trade on the built sandbox exchange.
#
# Builds nothing: LEVIBOT_BIN (target/debug/levibot) names the binary. The first run makes a Python
# environment under target/ and installs the pinned versions of ccxt/requirements.txt into it.
# Exit status: 0 all passed, 1 something failed.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=${LEVIBOT_BIN:-$repository/target/debug/levibot}
checks=$repository/backend/scripts/ccxt
environment=$repository/target/ccxt
python=$environment/bin/python
READY_WITHIN_SECONDS=30
pid=''

end() {
  [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null || true
  rm -rf "$workdir"
}

give_up() {
  echo "ccxt: FAILED  $1" >&2
  tail -n 20 "$workdir/sandbox.log" 2>/dev/null >&2 || true
  exit 1
}

# The stamp is written last, so that an interrupted installation is made anew.
install() {
  cmp -s "$checks/requirements.txt" "$environment/installed.txt" && return
  echo "ccxt: installing $(tr '\n' ' ' <"$checks/requirements.txt")into ${environment#"$repository"/}"
  rm -rf "$environment"
  python3 -m venv "$environment" || give_up "python3 -m venv failed: is python3-venv installed?"
  "$python" -m pip install --quiet --disable-pip-version-check -r "$checks/requirements.txt" ||
    give_up "the packages could not be installed"
  cp "$checks/requirements.txt" "$environment/installed.txt"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
  (cd "$workdir" && exec "$binary" sandbox --listen "127.0.0.1:$port" \
    --account mx0ccxt:secret:USDT=10000,BTC=1) >"$workdir/sandbox.log" 2>&1 </dev/null &
  pid=$!
  local deadline=$((SECONDS + READY_WITHIN_SECONDS))
  until curl -sf --max-time 2 -o /dev/null "http://127.0.0.1:$port/api/v3/ping"; do
    kill -0 "$pid" 2>/dev/null || give_up "the sandbox ended before it was ready"
    [ "$SECONDS" -lt "$deadline" ] || give_up "the sandbox is not ready within $READY_WITHIN_SECONDS s"
    sleep 0.1
  done
}

workdir=$(mktemp -d)
trap end EXIT
[ -x "$binary" ] || give_up "$binary is not there: build it first, or set LEVIBOT_BIN"
install
port=$(free_port)
start
"$python" "$checks/check_ccxt.py" "http://127.0.0.1:$port" mx0ccxt secret
