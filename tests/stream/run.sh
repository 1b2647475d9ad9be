#!/usr/bin/env bash
# Messy streams and payout cases through the program, all it says compared with the oracle (tests/oracle).
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
oracle=$here/../oracle

usage() {
  cat <<'EOT'
Usage: tests/stream/run.sh [--fast] [--seeds N] [--first N] [--jobs N]

Makes a messy stream per seed and runs it at once and in parts, and a set of payout cases; every total, due amount, open alert,
message, refusal and result must be what the oracle computes from the raw input alone.
  --fast      a few seeds
  --seeds N   so many seeds (default 40)
  --first N   the first of them (default 1)
  --jobs N    so many at a time (default: as many as there are processors)
  --one SEED KIND   one check in the foreground; KIND is whole, parts or payout
The program is $YUJING, by default build/dev/app/yujing. Exit codes: 0 all equal, 1 differences, 64 usage.
EOT
}

refuse() {
  echo "run.sh: $1" >&2
  exit 64
}
number() {
  [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || refuse "$1 needs a number above zero, not '${2:-}'"
  echo "$2"
}

seeds=40 first=1 jobs=$(nproc) one=""
while [ $# -gt 0 ]; do
  case $1 in
    --fast) seeds=4 ;;
    --seeds) seeds=$(number "$1" "${2:-}") || exit; shift ;;
    --first) first=$(number "$1" "${2:-}") || exit; shift ;;
    --jobs) jobs=$(number "$1" "${2:-}") || exit; shift ;;
    --one) one="${2:-} ${3:-}"; shift 2 || refuse "--one needs SEED and KIND" ;;
    -h | --help) usage; exit 0 ;;
    *) refuse "unknown argument '$1'; allowed: --fast, --seeds, --first, --jobs, --one, --help" ;;
  esac
  shift
done

YUJING=${YUJING:-$(cd "$here/../.." && pwd)/build/dev/app/yujing}
export YUJING
if [ ! -x "$YUJING" ]; then
  echo "run.sh: no program at $YUJING; build it (cmake --workflow --preset dev) or name it in YUJING" >&2
  echo "0 passed, 1 failed"
  exit 1
fi

mixes=(jixi shuangyashan jincheng yantai yanbian jixi,yantai jixi,shuangyashan jincheng,yanbian
  jixi,shuangyashan,jincheng,yantai,yanbian)
# Events and persons: from a handful of bills to more than a batch of the program.
sizes=("40 3" "300 12" "600 40" "1500 30" "2500 900" "20000 2500")
cases=300

# check SEED KIND: says "ok …" or what differs and how to make it again.
check() {
  local seed=$1 kind=$2 mix events persons folder flags="" make status=0
  mix=${mixes[seed % ${#mixes[@]}]}
  read -r events persons <<<"${sizes[seed % ${#sizes[@]}]}"
  make="--seed $seed --cities $mix"
  case $kind in
    whole) make+=" --events $events --persons $persons" ;;
    parts) make+=" --events $events --persons $persons" flags=--parts ;;
    payout) make+=" --cases $cases" flags=--payout ;;
    *) refuse "unknown kind '$kind'; allowed: whole, parts, payout" ;;
  esac
  folder=$(mktemp -d) || return 1
  # shellcheck disable=SC2086  # the words are meant to be words
  python3 "$oracle/messy.py" $make --out "$folder" &&
    python3 "$oracle/compare.py" --yujing "$YUJING" --dir "$folder" $flags || status=$?
  rm -rf "$folder"
  if [ "$status" -eq 0 ]; then
    echo "ok      seed $seed $kind ($make)"
  else
    echo "FAILED  seed $seed $kind (messy.py $make); again: tests/stream/run.sh --one $seed $kind"
  fi
  return "$status"
}

if [ -n "$one" ]; then
  # shellcheck disable=SC2086
  check $one
  exit
fi

work=$(mktemp -d) || exit 70
trap 'rm -rf "$work"' EXIT
echo "seeds $first to $((first + seeds - 1)), each whole, in parts and with $cases payout cases, $jobs at a time"
# The output of each check goes to a file of its own and is shown as a whole.
for ((seed = first; seed < first + seeds; seed++)); do
  for kind in whole parts payout; do printf '%s %s\n' "$seed" "$kind"; done
done | xargs -P "$jobs" -L 1 bash -c '"$1" --one "$3" "$4" >"$2/$3.$4" 2>&1; cat "$2/$3.$4"' _ "$here/run.sh" "$work"

passed=0 failed=0
for ((seed = first; seed < first + seeds; seed++)); do
  for kind in whole parts payout; do
    if grep -q '^ok ' "$work/$seed.$kind" 2>/dev/null; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
done
if [ "$failed" -gt 0 ]; then
  echo "with differences:"
  grep -h '^FAILED ' "$work"/*.* || true
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
