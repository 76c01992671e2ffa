#!/usr/bin/env bash
# Starts the built service in paper mode and tries every command of the user's document on it.
#
# Builds nothing: LEVIBOT_BIN (target/debug/levibot) names the binary. Everything it writes goes to
# a temporary folder; the port is a free one. Exit status: 0 all passed, 1 something failed.
set -uo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=${LEVIBOT_BIN:-$repository/target/debug/levibot}
READY_WITHIN_SECONDS=30
STOP_WITHIN_SECONDS=15

failed=0
pid=''

pass() { printf 'smoke: ok      %s\n' "$1"; }

fail() {
  failed=$((failed + 1))
  printf 'smoke: FAILED  %s\n' "$1"
  [ -z "${2:-}" ] || printf '               %.500s\n' "$2"
}

end() {
  [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
  rm -rf "$workdir"
}

give_up() {
  fail "$1"
  echo "--- the last lines of the service's log ---"
  tail -n 40 "$workdir/service.log" 2>/dev/null
  exit 1
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# --- the service ---------------------------------------------------------------------------------

# A bare environment and a folder of its own: no .env and no setting of this machine leaks in. The
# synthetic market needs no network.
start() {
  cd "$workdir" || give_up "the temporary folder is gone"
  env -i PATH="$PATH" HOME="$workdir" ${TZ:+"TZ=$TZ"} \
    EXCHANGE=PAPER PAPER_MARKET=sim PORT="$port" LOG_DIR="$workdir/logs" PAPER_DIR="$workdir/paper" \
    "$binary" >"$workdir/service.log" 2>&1 </dev/null &
  pid=$!
  cd "$repository" || give_up "the repository is gone"
}

wait_until_ready() {
  local deadline=$((SECONDS + READY_WITHIN_SECONDS))
  until curl -sf --max-time 2 -o /dev/null "http://localhost:$port/readyz"; do
    kill -0 "$pid" 2>/dev/null || give_up "the service ended before it was ready"
    [ "$SECONDS" -lt "$deadline" ] || give_up "the service is not ready within $READY_WITHIN_SECONDS s"
    sleep 0.2
  done
  pass "ready on port $port"
}

stop() {
  local deadline=$((SECONDS + STOP_WITHIN_SECONDS)) code
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || give_up "the service does not stop within $STOP_WITHIN_SECONDS s"
    sleep 0.1
  done
  wait "$pid"
  code=$?
  pid=''
  if [ "$code" -eq 0 ]; then pass "stopped in good order"; else fail "exit status $code after SIGTERM"; fi
}

# --- the commands of the document ----------------------------------------------------------------

# try COMMAND JQ-CONDITION runs a command as the document writes it, but for the port, and judges
# the JSON it prints.
try() {
  local command=$1 condition=$2 answer
  if answer=$(bash -o pipefail -c "${command//localhost:8000/localhost:$port}" 2>"$workdir/stderr") &&
    jq -e "$condition" <<<"$answer" >/dev/null 2>&1; then
    pass "$command"
  else
    fail "$command" "wanted $condition; got $answer $(cat "$workdir/stderr")"
  fi
}

try_document() {
  try 'curl http://localhost:8000/exchange/ping | jq' \
    '.ok == true and .exchange == "paper" and .mode == "paper" and .markets_count > 0'
  try 'curl http://localhost:8000/exchange/markets?limit=10 | jq' \
    '.ok == true and (.markets | length) == 10 and (.total >= 10)'
  try 'curl http://localhost:8000/exchange/ticker/BTCUSDT | jq' \
    '.ok == true and .exchange == "paper" and .symbol == "BTC/USDT" and .price > 0'
  try 'curl http://localhost:8000/exchange/balance | jq' \
    '.ok == true and any(.balances[]; .asset == "USDT" and .total > 0)'
  try 'curl "http://localhost:8000/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=true" | jq' \
    '.ok == true and .mode == "dry_run" and .symbol == "BTCUSDT" and .side == "buy" and .qty > 0 and .price > 0 and .filled == true'
  # The document's live order is a GET. A GET must never trade: it is refused and says how.
  try 'curl "http://localhost:8000/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=5&dry_run=false" | jq' \
    '.ok == false and (.error | contains("POST"))'
}

try_metrics() {
  local command='curl http://localhost:8000/metrics/prom | grep levibot_exec_orders_total' lines
  lines=$(bash -o pipefail -c "${command//localhost:8000/localhost:$port}" 2>/dev/null)
  if grep -qE '^levibot_exec_orders_total\{.*status="(ok|error|blocked)"' <<<"$lines"; then
    pass "$command"
  else
    fail "$command" "$lines"
  fi
}

try_script() {
  local output
  if output=$(API_BASE="http://localhost:$port" API_KEY='' "$repository/backend/scripts/test_mexc.sh" "$@" </dev/null 2>&1); then
    pass "./backend/scripts/test_mexc.sh $*"
  else
    fail "./backend/scripts/test_mexc.sh $*"
    printf '%s\n' "$output"
  fi
}

# Without a terminal and without --yes nothing may be sent.
try_unconfirmed() {
  API_BASE="http://localhost:$port" "$repository/backend/scripts/test_mexc.sh" live </dev/null >/dev/null 2>&1
  local code=$?
  if [ "$code" -eq 2 ]; then pass "live without a terminal is refused"; else fail "live without a terminal gave status $code"; fi
}

# --- the journal ---------------------------------------------------------------------------------

# try_events NAME JQ-CONDITION judges the list of all events.
try_events() {
  if cat "$workdir"/logs/*/events.jsonl | jq -e -s "$2" >/dev/null 2>"$workdir/stderr"; then
    pass "journal: $1"
  else
    fail "journal: $1" "$(cat "$workdir/stderr")"
  fi
}

# The document follows today's file with tail -f; reading it to its end shows the same lines.
try_filter() {
  local filter=$1 count
  count=$(jq -c "$filter" "$events" | wc -l)
  if [ "$count" -gt 0 ]; then pass "jq '$filter': $count events"; else fail "jq '$filter' shows nothing"; fi
}

try_journal() {
  events="$workdir/logs/$(date +%Y-%m-%d)/events.jsonl"
  # The day may have changed since the start.
  [ -f "$events" ] || events="$workdir/logs/$first_day/events.jsonl"
  if [ -f "$events" ]; then pass "today's events are in ${events#"$workdir"/}"; else fail "no ${events#"$workdir"/}"; fi
  try_filter 'select(.event_type | contains("ORDER"))'
  try_filter 'select(.event_type | contains("MEXC"))'
  try_events "sequence numbers without gaps" '[.[].seq] == [range(1; length + 1)]'
  try_events "every line has its time, type and payload" 'all(.ts and .event_type and (.payload | type == "object"))'
  try_events "one trace from the order to the close" '
    [group_by(.trace_id)[] | [.[].event_type]] | any(
      index("ORDER_NEW") and index("ORDER_FILLED") and index("RISK_SLTP") and
      index("POSITION_OPENED") and index("POSITION_CLOSED"))'
  try_events "the plan has a stop, targets and a source" '
    [.[] | select(.event_type == "RISK_SLTP") | .payload]
    | length > 0 and all((.stop | type) == "string" and (.targets | length) > 0 and .source)'
  try_events "exactly one order bought" '
    [.[] | select(.event_type == "ORDER_NEW" and .payload.side == "buy")] | length == 1'
}

# --- the run -------------------------------------------------------------------------------------

workdir=$(mktemp -d) || exit 1
trap end EXIT
[ -x "$binary" ] || give_up "$binary is not there: build it first, or set LEVIBOT_BIN"
port=$(free_port) || give_up "no free port"
first_day=$(date +%Y-%m-%d)

start
wait_until_ready
try_document
try_script
try_unconfirmed
try_script live --yes
try_metrics
stop
try_journal

if [ "$failed" -gt 0 ]; then
  echo "smoke: $failed failed; the last lines of the service's log:"
  tail -n 40 "$workdir/service.log"
  exit 1
fi
echo "smoke: all passed"
