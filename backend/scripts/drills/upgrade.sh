#!/usr/bin/env bash
# Upgrade and way back: version N with open positions, stopped; version N+1 finds the same
# positions, orders and stops. To paper and back: the live book stays untouched, and what is still
# open is told. A journal of the future is refused in clear words.
#
# LEVIBOT_OLD_BIN names a build of an older version; without it both versions are this one.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=desk.sh
source "$(dirname "${BASH_SOURCE[0]}")/desk.sh"

begin
start_exchange
home=$workdir/home

start "$old_binary" "$home" MEXC
signal BTC/USDT 1 >/dev/null
signal ETH/USDT 2 >/dev/null
within 20 "two protected positions" held 2
before=$(state)
orders_before=$(exchange_orders '[.[] | {client_order_id, status}] | sort_by(.client_order_id)')
stop
pass "version N stopped with two positions and their targets resting"

start "$binary" "$home" MEXC
within 20 "the positions are back" held 2
same "version N+1 has the same positions, plans and orders" "$before" "$(state)"
stop

journal_before=$(journal "$home" | wc -l)
start "$binary" "$home" PAPER
if journal "$home" | tail -n +"$((journal_before + 1))" |
  jq -es '[.[] | select(.event_type == "ALARM")] | tostring | contains("BTCUSDT") and contains("ETHUSDT")' >/dev/null; then
  pass "paper says what is still open at the exchange"
else
  fail "paper does not say what is still open" "$(journal "$home" | tail -n 5)"
fi
same "paper shows no live position" "0" "$(get /positions | jq '.positions | length')"
signal SOL/USDT 3 >/dev/null
within 20 "a position on paper" held 1
stop
same "paper left the exchange alone" "$orders_before" \
  "$(exchange_orders '[.[] | {client_order_id, status}] | sort_by(.client_order_id)')"

start "$binary" "$home" MEXC
within 20 "the positions are back after paper" held 2
same "back from paper everything is found" "$before" "$(state)"
signal BTC/USDT 1 >/dev/null
same "the signals of before are known" "2" "$(entries_at_exchange)"
stop

# A checkpoint of a layout that is not known yet.
future=$workdir/future
cp -a "$home" "$future"
newest=$(printf '%s\n' "$future"/backend/data/logs/*/events.jsonl | tail -n 1)
jq -c 'if .event_type == "CHECKPOINT" then .payload.version = 99 else . end' "$newest" >"$workdir/future.jsonl"
mv "$workdir/future.jsonl" "$newest"
port=$(free_port)
if said=$(run "$binary" "$future" MEXC serve 2>&1 </dev/null); then
  fail "a journal of the future was read"
elif grep -q "99 is not understood by this version" <<<"$said" && grep -q "events.jsonl" <<<"$said"; then
  pass "a journal of the future is refused: $(tail -n 1 <<<"$said")"
else
  fail "a journal of the future is refused without saying why" "$said"
fi

finish
