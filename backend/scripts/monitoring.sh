#!/usr/bin/env bash
# Checks Prometheus' configuration, the alert rules and each alert's test with promtool.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../ops/prometheus"

promtool=../../target/tools/promtool/usr/bin/promtool
[ -x "$promtool" ] || promtool=$(command -v promtool) || {
  echo "monitoring: no promtool: run make tools" >&2
  exit 1
}

"$promtool" check config prometheus.yml
"$promtool" test rules alerts_test.yml

# Every alert is tested both ways: one that fires, one that keeps quiet.
while read -r alert; do
  [ "$(grep -c "alertname: $alert\$" alerts_test.yml)" -ge 2 ] || {
    echo "monitoring: $alert lacks a test that fires or one that keeps quiet" >&2
    exit 1
  }
done < <(sed -n 's/^ *- alert: //p' alerts.yml)
echo "monitoring: all passed"
