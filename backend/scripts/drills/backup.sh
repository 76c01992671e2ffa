#!/usr/bin/env bash
# Backup while trading: LOG_DIR is copied while orders flow, the machine is lost, the copy is put
# elsewhere. It verifies, starts, finds at the exchange what it does not know, and buys nothing twice.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=desk.sh
source "$(dirname "${BASH_SOURCE[0]}")/desk.sh"

# Sends signals one after the other until it is ended; each is bought once.
trade() {
  local id=10
  for pair in BTC/USDT ETH/USDT SOL/USDT XRP/USDT DOGE/USDT; do
    id=$((id + 1))
    signal "$pair" "$id" >/dev/null
    sleep 0.2
  done
}

begin
start_exchange
home=$workdir/home
start "$binary" "$home" MEXC

trade &
trading=$!
# Copied in the middle: after the first entries, before the last ones.
some() { [ "$(entries_at_exchange)" -ge 2 ]; }
within 20 "the first entries" some
mkdir -p "$workdir/elsewhere/backend"
tar -C "$home/backend" -cf "$workdir/backup.tar" data || fail "tar"
copied=$(entries_at_exchange)
wait "$trading"
within 20 "all are bought and protected" held 5
lose
tar -C "$workdir/elsewhere/backend" -xf "$workdir/backup.tar" || fail "untar"
bought=$(entries_at_exchange)
pass "copied after $copied of $bought entries, then the machine was lost"

lines_before=$(journal "$workdir/elsewhere" | md5sum)
port=$(free_port)
checked=$(run "$binary" "$workdir/elsewhere" MEXC check --json 2>/dev/null)
if jq -e '.checks[] | select(.check == "journal" and .standing != "failed")' <<<"$checked" >/dev/null; then
  pass "the copy verifies: $(jq -r '.checks[] | select(.check == "journal") | .detail' <<<"$checked")"
else
  fail "the copy does not verify" "$checked"
fi
same "verifying it wrote nothing" "$lines_before" "$(journal "$workdir/elsewhere" | md5sum)"

start "$binary" "$workdir/elsewhere" MEXC
pass "the copy starts and was compared with the exchange"
within 20 "all five positions are looked after again" held 5
adopted=$(journal "$workdir/elsewhere" | jq -s '[.[] | select(.event_type == "ORDER_ADOPTED") | .payload] | length')
if [ "$copied" -lt "$bought" ] && [ "$adopted" -gt 0 ]; then
  pass "all $bought positions are looked after; what the copy lacked was found at the exchange ($adopted orders)"
else
  fail "the drill copied too late to show anything: $copied of $bought, $adopted adopted"
fi

# The same signals, delivered again as a messenger would: known or not, none is bought twice.
doubled() {
  exchange_orders '[.[] | select(.side == "buy") | .symbol] | group_by(.) | map(select(length > 1)) | length'
}
signal BTC/USDT 11 >/dev/null
signal ETH/USDT 12 >/dev/null
same "no second order for any signal" "0" "$(doubled)"
stop

finish
