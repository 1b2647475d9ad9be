#!/usr/bin/env bash
# Faults of the monitor over a real Kafka: kills, spoilt stores, members that come and go, a broker that dies.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
  cat <<'EOT'
Usage: tests/faults/run.sh [--seeds N] [--first N]

  --seeds N   so many seeds of the kills, a third as many of the rest (default 3)
  --first N   the first of them (default 1)
The program is $YUJING, by default build/dev/app/yujing. Exit codes: 0 all as it must be, 1 something is not, 64 usage.
EOT
}

seeds=3 first=1
while [ $# -gt 0 ]; do
  case $1 in
    --seeds | --first)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "run.sh: $1 needs a number above zero, not '${2:-}'" >&2; exit 64; }
      declare "${1#--}=$2"
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) echo "run.sh: unknown argument '$1'; allowed: --seeds, --first, --help" >&2; exit 64 ;;
  esac
  shift
done

log=$(mktemp) || exit 70
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2046  # the numbers are meant to be words
{
  "$here/kills.py" --seed $(seq "$first" $((first + seeds - 1)))
  "$here/groups.py" --seed $(seq "$first" $((first + (seeds + 2) / 3 - 1)))
} 2>&1 | tee "$log"
grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | awk '{ passed += $1; failed += $3; suites++ }
  END { if (suites < 2) failed++; printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }'
