#!/usr/bin/env bash
# `./demo.sh --kafka` once everything is built: made-up bills through a real Kafka, watched while they come.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  cat <<'EOT'
Usage: ./demo.sh --kafka [OPTION]…

Starts a Kafka on this machine alone, sends made-up bills to it, watches them with `yujing run` and shows each alert as a reader
of its topic gets it. Ends when all is read; Ctrl-C ends it sooner. Either way everything it started is stopped. What it made lies in
var/demo-kafka and is taken away by the next one.
  --city ID      whose rules (default jixi; the document of yanbian states no line to warn at)
  --persons N    insured persons (default 5000)
  --events N     settlement events (default 30000)
  --rate N       events a second (default 1000)
  --prometheus   also starts Debian's Prometheus on what the monitor measures; it stays until Ctrl-C
Exit codes: 0 done, 64 usage, 69 something is missing or another demo runs, 70 a part of it failed, 130 Ctrl-C.
EOT
}
give_up() { echo "demo.sh: $2" >&2; exit "$1"; }

city=jixi persons=5000 events=30000 rate=1000 prometheus=""
while [ $# -gt 0 ]; do
  case $1 in
    --city | --persons | --events | --rate)
      [ -n "${2:-}" ] || give_up 64 "$1 needs a value"
      declare "${1#--}=$2"
      shift
      ;;
    --prometheus) prometheus=1 ;;
    -h | --help) usage; exit 0 ;;
    *) give_up 64 "unknown option '$1'; allowed: --city, --persons, --events, --rate, --prometheus, --help" ;;
  esac
  shift
done
[[ $events =~ ^[0-9]{1,9}$ ]] || give_up 64 "--events is a number, not '$events'"

bills=(--city "$city" --persons "$persons" --events "$events" --zipf 0.35) # as `yujing demo` has them
yujing=${YUJING:-build/release/app/yujing}
kafka=deploy/kafka/kafka.sh
dir=var/demo-kafka
config=$dir/settings.yaml
say() { printf '\n== %s\n' "$*"; }

mkdir -p var
exec 8>"$dir.lock"
flock -n 8 || give_up 69 "another demo runs in $dir; end it first"

# --- The end, whatever comes: first who sends, then who reads, the broker last.
started=()
stop() {
  local number
  for number in "$@"; do kill "$number" 2>/dev/null && wait "$number" || true; done
}
clean_up() {
  trap '' INT TERM HUP # a second Ctrl-C does not leave half of it running
  stop ${started[@]+"${started[@]}"}
  "$kafka" stop --dir "$dir/broker" 8>&-
}
trap clean_up EXIT
interrupted() { echo; echo "demo.sh: stopping everything"; exit 130; }
trap interrupted INT TERM HUP

failed() {
  printf '%s\n' "--- the last lines of $1" >&2
  tail -n 15 "$1" >&2
  give_up 70 "$2 The whole log: $1"
}

# --- What the monitor says of itself
metric() { # metric NAME: its sum over all labels
  (exec 3<>"/dev/tcp/${served%:*}/${served#*:}" && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3) 2>/dev/null |
    awk -v name="yujing_$1" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { printf "%d", sum }'
}

# Alerts as JSON, one a line, to one short line each.
short_lines() {
  sed -uE 's/^.*"change":"([^"]*)".*"county_name":"([^"]*)","psn_no":"([^"]*)".*"rule":\{"id":"([^"]*)","title":"([^"]*)".*"amount":"([^"]*)".*$/  \1\t\3  \2  \5  \6/'
}

start_prometheus() {
  local port=9090 own=$dir/prometheus
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  mkdir -p "$own"
  cp deploy/prometheus/alarms.yml "$own"
  sed -E "s/127\.0\.0\.1:9464/$served/; s/_interval: 15s/_interval: 2s/" deploy/prometheus/prometheus.yml >"$own/prometheus.yml"
  setsid prometheus --config.file="$own/prometheus.yml" --storage.tsdb.path="$own/data" --web.listen-address="127.0.0.1:$port" \
    2>"$own/log" 8>&- &
  prometheus=$!
  started+=("$prometheus")
  page="http://127.0.0.1:$port/graph?g0.expr=sum(yujing_kafka_lag_records)&g0.tab=0&g0.range_input=5m&g1.expr=sum(rate(yujing_events_total%5B30s%5D))&g1.tab=0&g1.range_input=5m"
  echo "Prometheus: $page"
}

# --- Start
"$kafka" stop --dir "$dir/broker" 8>&- # of a demo that was killed
rm -rf "$dir"

mkdir -p "$dir/figures"
"$yujing" generate --city "$city" --persons 1 --events 1 --to "$dir/figures/" 2>"$dir/generate.log" ||
  { cat "$dir/generate.log" >&2; exit 64; }
mv "$dir/figures/reference.yaml" "$dir"
rm -r "$dir/figures"

say "Kafka"
"$kafka" start --dir "$dir/broker" --port 0 8>&-
brokers=$("$kafka" brokers --dir "$dir/broker")
cat >"$config" <<EOT
# Settings of the monitor for the Kafka beside this file.
cities: [$city]
reference: reference.yaml          # made-up figures; yours need their source
store: store
source: {kind: kafka, brokers: "$brokers"}
alerts: {kind: kafka}
kafka: {partitions: 4}
EOT
"$yujing" topics create --config "$config"

say "yujing run, and $events events of $persons persons, $rate a second"
# setsid: Ctrl-C reaches this script alone, which ends the others in their order.
setsid "$yujing" run --config "$config" 2>"$dir/run.log" 8>&- &
monitor=$!
started=("$monitor")
until served=$(grep -oE -m 1 'http://[^/]+/metrics' "$dir/run.log" 2>/dev/null); do
  kill -0 "$monitor" 2>/dev/null || failed "$dir/run.log" "The monitor ended."
  sleep 0.2
done
served=${served#http://} served=${served%/metrics}
[ -z "$prometheus" ] || start_prometheus
setsid "$yujing" generate "${bills[@]}" --rate "$rate" --to kafka --config "$config" 2>"$dir/generate.log" 8>&- &
sender=$!
started=("$sender" "${started[@]}")
setsid "$kafka" tool org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server "$brokers" \
  --topic yujing.alerts --from-beginning --isolation-level read_committed 2>"$dir/reader.log" 8>&- \
  > >(tee "$dir/alerts.ndjson" | short_lines) &
reader=$!
started+=("$reader")

# --- Until all is read, and all alerts are shown
shown() { wc -l <"$dir/alerts.ndjson" 2>/dev/null || echo 0; }
ticks=0
while true; do
  read_so_far=$(metric events_total) lag=$(metric kafka_lag_records) alerts=$(metric alerts_total) || true
  kill -0 "$monitor" 2>/dev/null || failed "$dir/run.log" "The monitor ended."
  kill -0 "$reader" 2>/dev/null || failed "$dir/reader.log" "The reader of the alerts ended."
  kill -0 "$sender" 2>/dev/null || wait "$sender" || failed "$dir/generate.log" "The generator ended."
  [ "$read_so_far" -lt "$events" ] || [ "$lag" -gt 0 ] || [ "$(shown)" -lt "$alerts" ] || break
  [ $((ticks++ % 10)) -ne 0 ] || echo "-- $read_so_far of $events events read, $lag waiting, $alerts alerts"
  sleep 0.5
done
wait "$sender" || failed "$dir/generate.log" "The generator ended."
say "All read: $read_so_far events, $lag waiting, $alerts alerts"
if [ -n "$prometheus" ]; then
  echo "Prometheus: $page"
  echo "The monitor goes on until Ctrl-C."
  trap echo INT
  wait "$prometheus" || true
  trap interrupted INT
fi
stop "$monitor" "$reader"
sed -n '/asked to stop/,$p' "$dir/run.log" | tail -n +2
person=$(sed -nE '1s/.*"psn_no":"([^"]*)".*/\1/p' "$dir/alerts.ndjson")
cat <<EOT

In $dir: settings.yaml, the logs, alerts.ndjson as read from the topic, store/ (what the monitor knows, also kept in the topic
yujing.ledger), broker/ (Kafka's own). Next:
  export PATH="\$PWD/${yujing%/*}:\$PATH"
  yujing explain --person ${person:-PSN_NO} --year 2026 --config $config
  yujing export alerts --config $config
  $kafka start --dir $dir/broker   # Kafka again; stop instead of start ends it
  yujing run --config $config   # goes on where it stood; kill -9 it as often as you like
  yujing generate ${bills[*]} --to kafka --config $config
                         # the same bills again: no alert twice
All of it: docs/kafka.md, docs/exactly-once.md
EOT
