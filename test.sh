#!/usr/bin/env bash
# Proves everything there is to prove. The stages are at the end of this file, one a line.
set -uo pipefail
cd "$(dirname "$0")" || exit 70
. deploy/progress.sh

usage() {
  cat <<'EOT'
Usage: ./test.sh [--fast] [--only TEXT] [--list]

Installs what the tests need, builds, and runs every suite; the last line says how many checks passed and failed.
  --fast        only the first few minutes: build, unit tests and golden cases, shipped policies, the state of the tree
  --only TEXT   only the stages whose name contains TEXT
  --list        name the stages and run none
A stage that fails does not stop the next. Logs: build/test-logs. Exit codes: 0 all passed, 1 something failed, 64 usage.
EOT
}

fast="" only="" list=""
while [ $# -gt 0 ]; do
  case $1 in
    --fast) fast=1 ;;
    --list) list=1 ;;
    --only)
      [ $# -gt 1 ] || { echo "test.sh: --only needs a part of a stage's name; ./test.sh --list names them" >&2; exit 64; }
      only=$2
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) echo "test.sh: unknown argument '$1'; allowed: --fast, --only TEXT, --list, --help" >&2; exit 64 ;;
  esac
  shift
done

logs=build/test-logs
export YUJING=$PWD/build/dev/app/yujing # the program under test, for the suites that are scripts
passed=0 failed=0 number=0 summary=""

# What a stage's log says it counted, as "PASSED FAILED": ctest's closing line, or a line "N passed, N failed" of a suite that is a
# script (the last one counts). Nothing when the log counts nothing.
counted() {
  local line
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+|^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1)
  case $line in
    *"out of"*)
      set -- $(echo "$line" | sed -E 's/^[0-9]+% tests passed, ([0-9]+) tests failed out of ([0-9]+).*/\1 \2/')
      echo "$(($2 - $1)) $1"
      ;;
    *passed*) echo "$line" | sed -E 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/' ;;
  esac
}

# stage WHEN KIND NAME COMMAND…
#   WHEN  fast: also with --fast; full: only without it
#   KIND  setup, step: makes something the next stages need, counted only when it fails (setup may ask for a password); suite:
#         proves something, counted by what its log says, else as one check
stage() {
  local when=$1 kind=$2 name=$3 log status=0 began ok=0 bad=0 verdict took
  shift 3
  [ -z "$fast" ] || [ "$when" = fast ] || return 0
  case $name in *"$only"*) ;; *) return 0 ;; esac
  if [ -n "$list" ]; then
    printf '%-5s %s\n' "$when" "$name"
    return 0
  fi
  number=$((number + 1))
  log=$logs/$(printf '%02d' "$number")-$(echo "$name" | tr -cs 'a-z0-9' '-' | sed 's/-$//').log
  printf '\n== %s\n' "$name"
  began=$SECONDS
  if [ "$kind" = setup ]; then
    mkdir -p "$logs"
    "$@" 2>&1 | tee "$log" || status=$?
  else
    with_progress "$log" "$@" || status=$?
  fi
  took=$((SECONDS - began))
  if [ "$kind" = suite ]; then
    set -- $(counted "$log")
    ok=${1:-0} bad=${2:-0}
    [ $((ok + bad)) -gt 0 ] || [ "$status" -ne 0 ] || ok=1
  fi
  [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + ok)) failed=$((failed + bad))
  if [ "$bad" -eq 0 ]; then
    verdict=passed
  else
    verdict=FAILED
    # What failed, in ctest's own list where there is one, and the end of the log.
    sed -n '/^The following tests FAILED:/,/^Errors while/p' "$log" | sed '$d'
    printf -- '--- the end of %s (exit code %d)\n' "$log" "$status"
    tail -n 40 "$log"
  fi
  printf '%s in %d s\n' "$verdict" "$took"
  summary+=$(printf '%-44s %8d %8d %6d s  %s' "$name" "$ok" "$bad" "$took" "$verdict")$'\n'
}

# build PRESET [TARGET…]
build() {
  local preset=$1
  shift
  cmake --preset "$preset" && cmake --build --preset "$preset" ${1:+--target "$@"}
}
ctest_in() {
  local preset=$1
  shift
  ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error "$@"
}

stage fast setup "packages"                              deploy/install-dependencies.sh --tests
stage fast step  "build: dev"                            build dev
stage fast suite "units, properties and golden cases"    ctest_in dev -LE '^(tidy|stream|crash)$'
stage fast suite "the state of the tree"                 ctest_in dev -L '^tidy$'
stage fast suite "policies as shipped"                   "$YUJING" policy check thresholds/policies
stage full step  "build: asan"                           build asan
stage full suite "units under asan and ubsan"            ctest_in asan
stage full step  "build: tsan"                           build tsan
stage full suite "threads under tsan"                    ctest_in tsan
stage full step  "build: fuzz"                           build fuzz codec_fuzz records_fuzz policy_fuzz settings_fuzz
stage full suite "fuzzers, a short run"                  tests/fuzz/run.sh --runs 20000 --seed 1
stage full suite "streams against the oracle"            tests/stream/run.sh
stage full suite "crashes and recovery"                  tests/crash/run.sh
stage full suite "Kafka: topics and security"            tests/stream/kafka_security.py
stage full suite "Kafka: refused events"                 tests/stream/kafka_letters.py
stage full suite "Kafka: no names, no id numbers"        tests/stream/kafka_privacy.py
stage full suite "Kafka: the ledger topic"               ctest_in dev -L '^stream$'
stage full suite "Kafka: end to end"                     tests/stream/kafka_test.py
stage full suite "Kafka 4: end to end"                   tests/stream/kafka_test.py --version 4.1.1 --only once --seed 3
stage full suite "Kafka: faults"                         tests/faults/run.sh
stage full suite "Prometheus, alarms, dashboards"        tests/operations/prometheus_test.py

[ -z "$list" ] || exit 0
if [ "$number" -eq 0 ]; then
  echo "test.sh: no stage is named like '$only'; ./test.sh --list names them" >&2
  exit 64
fi
printf '\n%-44s %8s %8s %8s\n%s' "stage" "passed" "failed" "time" "$summary"
printf 'total: %d s; logs in %s\n\n%d passed, %d failed\n' "$SECONDS" "$logs" "$passed" "$failed"
[ "$failed" -eq 0 ]
