#!/usr/bin/env bash
# Runs every fuzzer for a while, from seeds that are the tests' own fixtures.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 70

usage() {
  cat <<'EOT'
Usage: tests/fuzz/run.sh [--seconds N | --runs N] [--seed N] [FUZZER…]

Runs the fuzzers (all, or those named) of the preset `fuzz`: first every seed and all that is in tests/fuzz/corpus, then changed
inputs. What breaks one is kept in build/fuzz/found; `build/fuzz/tests/FUZZER FILE` shows it again.
  --seconds N   so long each (default 15)
  --runs N      so many inputs each, however long it takes: with one seed always the same ones
  --seed N      for the changes (default: a new one, printed)
Exit codes: 0 none broke, 1 one did, 64 usage.
EOT
}

limit=-max_total_time=15 seed=$((RANDOM * 32768 + RANDOM + 1)) chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds | --runs | --seed)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: $1 needs a number above zero" >&2; exit 64; }
      case $1 in
        --seconds) limit=-max_total_time=$2 ;;
        --runs) limit=-runs=$2 ;;
        --seed) seed=$2 ;;
      esac
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *_fuzz) chosen+=("$1") ;;
    *) echo "run.sh: unknown argument '$1'; allowed: --seconds, --runs, --seed, --help, names of fuzzers" >&2; exit 64 ;;
  esac
  shift
done
[ ${#chosen[@]} -gt 0 ] || chosen=(codec_fuzz records_fuzz policy_fuzz settings_fuzz)

# seeds_of FUZZER FOLDER: one input a file.
seeds_of() {
  case $1 in
    codec_fuzz)
      python3 - "$2" <<'EOT'
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
for number, line in enumerate(open("tests/consumer/events.ndjson", encoding="utf-8")):
    case = json.loads(line)
    event = case["text"] if "text" in case else json.dumps(case["event"], ensure_ascii=False)
    (folder / f"event-{number}").write_text(event, encoding="utf-8")
for number, line in enumerate(open("tests/cases/golden/cases.ndjson", encoding="utf-8")):
    if number % 20 == 0:
        (folder / f"case-{number}").write_text(line)
EOT
      ;;
    policy_fuzz) cp thresholds/policies/*.yaml thresholds/reference/*.yaml tests/policies/*.yaml tests/thresholds/broken/*.yaml "$2" ;;
    settings_fuzz) cp tests/app/broken_settings/*.yaml "$2" ;;
  esac
}

found=build/fuzz/found
mkdir -p "$found"
passed=0 failed=0
for fuzzer in "${chosen[@]}"; do
  work=$(mktemp -d) || exit 70
  mkdir "$work/seeds" "$work/new"
  seeds_of "$fuzzer" "$work/seeds" || exit 70
  kept=tests/fuzz/corpus/$fuzzer
  [ ! -d "$kept" ] || cp "$kept"/* "$work/seeds"
  echo "$fuzzer: $(find "$work/seeds" -type f | wc -l) seeds, then changes, $limit -seed=$seed"
  if "build/fuzz/tests/$fuzzer" "$limit" -seed="$seed" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 \
    -artifact_prefix="$found/$fuzzer-" "$work/new" "$work/seeds" 2>"$work/said"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    tail -n 40 "$work/said"
    echo "$fuzzer: BROKEN; the input is in $found"
  fi
  rm -rf "$work"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
