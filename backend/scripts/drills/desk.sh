#!/usr/bin/env bash
# What the drills share: an exchange, services that trade on it as if it were the real one, and
# judging. Sourced, not run.
#
# Builds nothing: LEVIBOT_BIN (target/debug/levibot) names the program. Everything it writes goes to
# a temporary folder, ports are free ones, and only processes started here are ended.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
binary=${LEVIBOT_BIN:-$repository/target/debug/levibot}
# The version before this one, where a build of it is at hand; otherwise the same program.
old_binary=${LEVIBOT_OLD_BIN:-$binary}
drill=$(basename "$0" .sh)
WITHIN_SECONDS=30

failed=0
children=()
workdir=''
exchange=''
port=''
service_pid=''

pass() { printf '%s: ok      %s\n' "$drill" "$1"; }

fail() {
  failed=$((failed + 1))
  printf '%s: FAILED  %s\n' "$drill" "$1"
  [ -z "${2:-}" ] || printf '         %.800s\n' "$2"
}

give_up() {
  fail "$1" "${2:-}"
  for log in "$workdir"/*.log; do
    printf -- '--- the last lines of %s ---\n' "$(basename "$log")"
    tail -n 25 "$log"
  done
  exit 1
}

end() {
  # A process that has ended and was waited for is no longer among them: its id may be another's.
  for child in "${children[@]}" "$service_pid"; do [ -z "$child" ] || kill -KILL "$child" 2>/dev/null; done
  rm -rf "$workdir"
}

begin() {
  workdir=$(mktemp -d) || exit 1
  trap end EXIT
  for program in "$binary" "$old_binary"; do
    [ -x "$program" ] || give_up "$program is not there: build it first, or set LEVIBOT_BIN"
  done
}

finish() {
  if [ "$failed" -gt 0 ]; then
    echo "$drill: $failed failed"
    exit 1
  fi
  echo "$drill: all passed"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# within SECONDS WHAT COMMAND... repeats the command until it succeeds.
within() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || give_up "$what within the time"
    sleep 0.1
  done
}

ask() { curl -s --max-time 10 "$@"; }

# --- the exchange --------------------------------------------------------------------------------

# Prices stand still unless set, so that nothing closes by itself.
start_exchange() {
  local exchange_port
  exchange_port=$(free_port) || give_up "no free port"
  exchange="http://127.0.0.1:$exchange_port"
  env -i PATH="$PATH" "$binary" sandbox --listen "127.0.0.1:$exchange_port" --limits off \
    --account mx0drill:topsecret:USDT=10000 --market scripted >"$workdir/exchange.log" 2>&1 </dev/null &
  children+=($!)
  # So that the shell does not announce how it ended.
  disown
  within 20 "the exchange answers" ask -f "$exchange/api/v3/ping"
}

exchange_orders() { ask "$exchange/__admin/orders" | jq -S "$1"; }
entries_at_exchange() { exchange_orders '[.[] | select(.side == "buy")] | length'; }

# --- services ------------------------------------------------------------------------------------

# settings MODE prints the environment of a service: MEXC, at the drill's exchange, or PAPER.
settings() {
  printf '%s\n' "PATH=$PATH" TZ=UTC "PORT=$port" "EXCHANGE=$1" PAPER_MARKET=sim \
    MEXC_SANDBOX=true "MEXC_BASE_URL=$exchange" MEXC_API_KEY=mx0drill MEXC_API_SECRET=topsecret \
    MEXC_RATE_LIMIT_MS=0 MEXC_ACCOUNT_PER_SEC=1000 PRICE_POLL_MS=200 RISK_COOLDOWN_SEC=0 \
    MEXC_RECV_WINDOW_MS=1000 IN_DOUBT_SETTLE_MS=500 \
    AUTO_ROUTE_ENABLED=true AUTO_ROUTE_DRY_RUN=false LOG_FORMAT=json
}

# become PROGRAM HOME MODE ARGUMENT... ends this shell: it is the program from here on.
become() {
  local program=$1 home=$2 mode=$3 environment
  shift 3
  mkdir -p "$home" && cd "$home" || exit 1
  mapfile -t environment < <(settings "$mode")
  exec env -i "${environment[@]}" "$program" "$@"
}

# run PROGRAM HOME MODE ARGUMENT... runs a command of the program with a home of its own.
run() { (become "$@"); }

# start PROGRAM HOME MODE starts a service and waits until it may trade.
start() {
  port=$(free_port) || give_up "no free port"
  become "$1" "$2" "$3" serve >>"$workdir/service.log" 2>&1 </dev/null &
  service_pid=$!
  within "$WITHIN_SECONDS" "the service in $(basename "$2") is ready ($3)" ask -f "http://127.0.0.1:$port/readyz"
}

stop() {
  kill -TERM "$service_pid"
  local deadline=$((SECONDS + 15))
  while kill -0 "$service_pid" 2>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || give_up "the service does not stop"
    sleep 0.1
  done
  wait "$service_pid" || fail "the service ended with status $?"
  service_pid=''
}

# The machine is lost.
lose() {
  kill -KILL "$service_pid"
  wait "$service_pid" 2>/dev/null
  service_pid=''
}

get() { ask "http://127.0.0.1:$port$1"; }

# signal PAIR ID has a pair bought by a signal; prices of the scripted market are 60000 and 3000.
signal() {
  local text="LONG #$1 Entry: market now TP: +5% SL: -3%"
  ask "http://127.0.0.1:$port/signals/ingest-and-score" -H 'Content-Type: application/json' \
    -d "$(jq -n --arg text "$text" --arg id "$2" '{text: $text, source: "drill", channel: "d", message_id: $id}')"
}

# held COUNT is true when so many positions are open, each protected and with its target resting.
held() {
  get /positions | jq -e --argjson count "$1" \
    '(.positions | length) == $count and all(.positions[]; .protected and (.exit_order | type == "string"))'
}

# What must be the same before and after: positions with plan and resting order, open orders.
state() {
  local positions orders
  # Orders of pairs that are held: the history also lists what another book left open.
  positions=$(get /positions | jq -S '[.positions[] | {id, symbol, qty, entry_price, opened_at, trace_id, plan, exit_order, targets_done}] | sort_by(.id)')
  orders=$(get '/orders?limit=1000' | jq -S --argjson held "$positions" '
    [.orders[] | select(IN(.symbol; $held[].symbol)) | select(.status == "working" or .status == "in_doubt" or .status == "intended") | {client_order_id, status}]
    | sort_by(.client_order_id)')
  printf '%s\n%s\n' "$positions" "$orders"
}

# same WHAT BEFORE AFTER
same() {
  if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "$(diff <(printf '%s' "$2") <(printf '%s' "$3"))"; fi
}

# journal HOME prints every event of a stopped or running service.
journal() { cat "$1"/backend/data/logs/*/events.jsonl; }
