#!/usr/bin/env bash
# Faults of the monitor over a real Kafka: kills, spoilt stores, members that come and go, brokers that die.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
  cat <<'EOT'
Usage: tests/faults/run.sh [--seeds N [--first N]]

Without arguments: three seeds of kills and one of everything but long outages, on a broker of one node; minutes.
  --seeds N   so many seeds of all there is, on three nodes that copy to each other, one of them killed and started again all the
              while; ten to twenty minutes a seed
  --first N   the first of them (default 1)
The program is $YUJING, by default build/dev/app/yujing. Exit codes: 0 all as it must be, 1 something is not, 64 usage.
EOT
}

seeds="" first=1
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
{
  if [ -z "$seeds" ]; then
    "$here/kills.py" --seed 1 2 3
    "$here/groups.py" --seed 1 --only members frozen double broker gone
  else
    for ((seed = first; seed < first + seeds; seed++)); do
      "$here/kills.py" --nodes 3 --seed "$seed"
      "$here/groups.py" --nodes 3 --seed "$seed"
    done
  fi
} 2>&1 | tee "$log"
grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | awk -v suites=$((2 * ${seeds:-1})) '{ passed += $1; failed += $3; suites-- }
  END { failed += suites; printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }'
