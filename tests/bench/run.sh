#!/usr/bin/env bash
# Every figure of docs/performance.md in one go: builds the benches, runs them one after the other, writes one JSON file
# (build/bench-results.json).
#   tests/bench/run.sh [--quick] [--out FILE]
# On an otherwise idle machine; an hour, 20 gigabytes below $TMPDIR. --quick: a few minutes, only to see that it works.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=build/bench-results.json
bench=(--benchmark_repetitions=5) file_mode=(--growth) kafka_mode=()
while [ $# -gt 0 ]; do
  case $1 in
    --out)
      [ $# -gt 1 ] || { echo "run.sh: --out needs a file" >&2; exit 64; }
      out=$2
      shift
      ;;
    --quick)
      bench=(--benchmark_min_time=0.05) file_mode=(--persons 20000 --events 100000 --runs 1)
      kafka_mode=(--persons 20000 --events 100000 --runs 1 --seconds 5 --growth-persons 10000 50000) ;;
    *) echo "run.sh: unknown argument '$1'; allowed: --quick, --out FILE" >&2; exit 64 ;;
  esac
  shift
done

cmake --preset bench && cmake --build --preset bench
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
for name in calculator_bench parse_bench list_bench; do
  "build/bench/tests/$name" "${bench[@]}" --benchmark_context=commit="$(git rev-parse HEAD)" --benchmark_out="$parts/$name.json" --benchmark_out_format=json
done
tests/bench/file_mode.py --out "$parts/file_mode.json" "${file_mode[@]}"
tests/bench/kafka_mode.py --out "$parts/kafka_mode.json" ${kafka_mode[@]+"${kafka_mode[@]}"}

python3 - "$out" "$parts"/*.json <<'PYTHON'
import json, pathlib, sys
out, *parts = map(pathlib.Path, sys.argv[1:])
out.write_text(json.dumps({part.stem: json.loads(part.read_text()) for part in parts}, indent=1) + "\n")
print(f"results: {out}")
PYTHON
