#!/usr/bin/env bash
# Smoke test of a running LeviBot.
#
#   test_mexc.sh                dry run, safe: reads, and one order that is judged but not sent
#   test_mexc.sh live [--yes]   also buys for 5 USDT and sells it again, after asking
#
# API_BASE (http://localhost:8000) says where LeviBot answers, API_KEY holds its key if it wants
# one. Exit status: 0 all passed, 1 something failed, 2 the test could not be run.
set -uo pipefail

API_BASE="${API_BASE:-http://localhost:8000}"
API_BASE="${API_BASE%/}"
SYMBOL=BTCUSDT
NOTIONAL_USD=5
CLOSE_WITHIN_SECONDS=15
COUNTED_WITHIN_SECONDS=5
REQUEST_SECONDS=20

passed=0
failed=0
status=000
body=''
workdir=''

# --- showing -------------------------------------------------------------------------------------

if [ -t 1 ] || [ -n "${FORCE_COLOR:-}" ]; then
  green=$'\e[32m' red=$'\e[31m' yellow=$'\e[33m' bold=$'\e[1m' plain=$'\e[0m'
else
  green='' red='' yellow='' bold='' plain=''
fi

pass() {
  passed=$((passed + 1))
  printf '%s✓ PASS%s %s\n' "$green" "$plain" "$1"
}

fail() {
  failed=$((failed + 1))
  printf '%s✗ FAIL%s %s\n' "$red" "$plain" "$1"
  [ -z "${2:-}" ] || printf '       %s\n' "$2"
}

section() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
note() { printf '%s%s%s\n' "$yellow" "$1" "$plain"; }

cannot_run() {
  printf '%s\n' "$1" >&2
  exit 2
}

usage() { sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

# --- asking --------------------------------------------------------------------------------------

# request METHOD PATH [CURL OPTION...] sets status and body. The key goes through a file descriptor:
# on the command line every user of the machine could read it.
request() {
  local method=$1 path=$2
  shift 2
  status=$(curl -sS --max-time "$REQUEST_SECONDS" -X "$method" -o "$workdir/body" -w '%{http_code}' \
    --config <(key_option) "$@" "$API_BASE$path" 2>"$workdir/error") || status=000
  body=$(cat "$workdir/body" 2>/dev/null)
  [ "$status" != 000 ] || body=$(cat "$workdir/error")
  : >"$workdir/body"
}

key_option() {
  local key=${API_KEY:-}
  key=${key//\\/\\\\}
  [ -z "$key" ] || printf 'header = "X-API-Key: %s"\n' "${key//\"/\\\"}"
}

seen() { printf 'status %s: %.300s' "$status" "$body"; }

# expect NAME STATUS JQ-CONDITION judges the last answer.
expect() {
  local name=$1 wanted_status=$2 condition=$3
  if [ "$status" = "$wanted_status" ] && jq -e "$condition" <<<"$body" >/dev/null 2>&1; then
    pass "$name"
  else
    fail "$name" "expected status $wanted_status and $condition; got $(seen)"
    return 1
  fi
}

field() { jq -r "$1 // empty" <<<"$body" 2>/dev/null; }

orders_ok() {
  request GET /metrics/prom
  awk -v exchange="exchange=\"$1\"" '
    /^levibot_exec_orders_total\{/ && index($0, exchange) && /status="ok"/ && /type="market"/ { sum += $NF }
    END { printf "%d\n", sum }' <<<"$body"
}

# --- the checks ----------------------------------------------------------------------------------

check_reading() {
  section "Health and market data"
  request GET /healthz
  expect "GET /healthz" 200 '.ok == true'
  request GET /exchange/ping
  expect "GET /exchange/ping: connected, markets known" 200 '.ok == true and .markets_count > 0'
  request GET '/exchange/markets?limit=10'
  expect "GET /exchange/markets?limit=10" 200 '.ok == true and (.markets | length) > 0 and (.markets | length) <= 10'
  request GET "/exchange/ticker/$SYMBOL"
  expect "GET /exchange/ticker/$SYMBOL: a price" 200 '.ok == true and .symbol == "BTC/USDT" and .price > 0'
  request GET /exchange/balance
  expect "GET /exchange/balance" 200 '.ok == true and (.balances | type) == "array"'
}

check_dry_run() {
  section "Dry run"
  request GET "/exchange/test-order?symbol=$SYMBOL&side=buy&notional_usd=10&dry_run=true"
  expect "dry-run buy for 10 USDT: judged, not sent" 200 \
    '.ok == true and .mode == "dry_run" and .side == "buy" and .filled == true and .qty > 0 and .price > 0'
}

check_refusals() {
  section "What must be refused"
  request GET '/exchange/test-order?symbol=NOSUCHCOINUSDT&side=buy&notional_usd=10&dry_run=true'
  expect "unknown symbol" 404 '.ok == false and (.error | contains("Unknown symbol for MEXC"))'
  request GET "/exchange/test-order?symbol=$SYMBOL&side=hold&notional_usd=10&dry_run=true"
  expect "bad side" 400 '.ok == false and (.error | length) > 0'
  request GET "/exchange/test-order?symbol=$SYMBOL&side=buy&notional_usd=5&dry_run=false"
  expect "a GET never trades" 405 '.ok == false and (.error | length) > 0'
}

check_metrics() {
  section "Metrics"
  request GET /metrics/prom
  if [ "$status" = 200 ] && grep -q '^levibot_exec_orders_total{' <<<"$body"; then
    pass "GET /metrics/prom has levibot_exec_orders_total"
  else
    fail "GET /metrics/prom has levibot_exec_orders_total" "$(seen)"
  fi
}

confirm_live() {
  local exchange=$1 mode=$2
  note "This buys $SYMBOL for $NOTIONAL_USD USDT on exchange \"$exchange\", mode \"$mode\", and sells it again."
  [ "$mode" != live ] || note "Mode live: this is real money."
  [ "$assume_yes" = no ] || return 0
  [ -t 0 ] || cannot_run "live: nobody here to confirm: run it on a terminal, or add --yes"
  local answer
  read -r -p 'Go on? [y/N] ' answer
  [[ $answer == [yY]* ]] || cannot_run "live: not confirmed, nothing was sent"
}

check_live() {
  section "Live order"
  request GET /exchange/ping
  local exchange mode before trace_id
  exchange=$(field .exchange) mode=$(field .mode)
  [ -n "$mode" ] || cannot_run "live: LeviBot does not say which mode it is in: $(seen)"
  confirm_live "$exchange" "$mode"
  before=$(orders_ok "$exchange")

  request POST "/exchange/test-order?symbol=$SYMBOL&side=buy&notional_usd=$NOTIONAL_USD&dry_run=false" \
    -H "Idempotency-Key: smoke-$(date +%s)-$$-$RANDOM"
  trace_id=$(field .trace_id)
  expect "POST buy for $NOTIONAL_USD USDT: filled in mode $mode" 200 \
    ".ok == true and .mode == \"$mode\" and .filled == true and .qty > 0"
  if [ -z "$trace_id" ]; then
    fail "the answer names its trace" "without a trace_id nothing more can be checked; look at GET /positions"
    return
  fi
  pass "the answer names its trace: $trace_id"

  check_trace "$trace_id"
  check_counted "$exchange" "$before"
  close_position "$trace_id"
}

check_trace() {
  request GET "/trace/$1"
  local event_type
  for event_type in ORDER_NEW ORDER_FILLED; do
    expect "GET /trace/$1 has $event_type" 200 "[.. | objects | .event_type?] | index(\"$event_type\") != null"
  done
}

check_counted() {
  local after deadline=$((SECONDS + COUNTED_WITHIN_SECONDS))
  after=$(orders_ok "$1")
  while [ "$after" -le "$2" ] && [ "$SECONDS" -lt "$deadline" ]; do
    sleep 0.5
    after=$(orders_ok "$1")
  done
  if [ "$after" -gt "$2" ]; then
    pass "levibot_exec_orders_total{exchange=\"$1\",status=\"ok\",type=\"market\"} went from $2 to $after"
  else
    fail "levibot_exec_orders_total{exchange=\"$1\",status=\"ok\",type=\"market\"} counts the order" "before $2, after $after"
  fi
}

# Asks for the open positions and prints nothing; their list is in body afterwards.
positions_known() {
  request GET /positions
  [ "$status" = 200 ] && jq -e '.ok == true and (.positions | type) == "array"' <<<"$body" >/dev/null 2>&1
}

position_of() { field "[.positions[] | select(.trace_id == \"$1\") | .id][0]"; }

close_position() {
  local id deadline
  positions_known
  id=$(position_of "$1")
  if [ -z "$id" ]; then
    fail "GET /positions lists the position" "$(seen)"
    return
  fi
  pass "GET /positions lists the position: $id"
  request POST "/positions/$id/close"
  expect "POST /positions/$id/close" 200 '.ok == true'
  deadline=$((SECONDS + CLOSE_WITHIN_SECONDS))
  # An answer that does not come says nothing: only a list without the position counts.
  until positions_known && [ -z "$(position_of "$1")" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      fail "position $id is closed within $CLOSE_WITHIN_SECONDS s" "it may still be open: look at GET /positions"
      return
    fi
    sleep 0.5
  done
  pass "position $id is closed"
}

# --- the run -------------------------------------------------------------------------------------

live=no
assume_yes=no
for argument in "$@"; do
  case $argument in
    live) live=yes ;;
    --yes | -y) assume_yes=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) cannot_run "unknown argument \"$argument\"; try --help" ;;
  esac
done

for tool in curl jq; do
  command -v "$tool" >/dev/null || cannot_run "$tool is missing: sudo apt-get install $tool"
done

workdir=$(mktemp -d) || cannot_run "no temporary folder could be made"
trap 'rm -rf "$workdir"' EXIT

printf '%sLeviBot smoke test%s against %s\n' "$bold" "$plain" "$API_BASE"
check_reading
check_dry_run
check_refusals
check_metrics
[ "$live" = no ] || check_live

section "Result"
if [ "$failed" -eq 0 ]; then
  printf '%s%d passed%s\n' "$green" "$passed" "$plain"
else
  printf '%s%d failed%s, %d passed\n' "$red" "$failed" "$plain" "$passed"
  exit 1
fi
