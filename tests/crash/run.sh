#!/usr/bin/env bash
# The real program killed at random moments (kills.py) and things going wrong around it (faults.py).
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
  cat <<'EOT'
Usage: tests/crash/run.sh [--fast] [--seed S]

Kills the program at random moments and compares how it ends with an uninterrupted run and with the oracle; then damages its store,
fills its disk, takes its files away, and looks at what it says and whether anything is lost.
  --fast     one seed, smaller streams, few kills
  --seed S   this seed instead of the usual ones
Parts of it, and how to repeat one: kills.py --help, faults.py --help. The program is $YUJING, by default build/dev/app/yujing.
Exit codes: 0 all passed, 1 something failed, 64 usage.
EOT
}

arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --fast) arguments+=(--fast) ;;
    --seed)
      [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "run.sh: --seed needs a number, not '${2:-}'" >&2; exit 64; }
      arguments+=(--seed "$2")
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) echo "run.sh: unknown argument '$1'; allowed: --fast, --seed, --help" >&2; exit 64 ;;
  esac
  shift
done

log=$(mktemp) || exit 70
trap 'rm -f "$log"' EXIT
passed=0 failed=0
for suite in kills faults; do
  printf '\n== %s\n' "$suite"
  # What a suite counted is in its last line; one that ended without such a line has failed.
  python3 "$here/$suite.py" "${arguments[@]}" 2>&1 | tee "$log" | sed '$s/^\([0-9]* passed, [0-9]* failed\)$/'"$suite"': \1/'
  status=${PIPESTATUS[0]}
  if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    [ "$status" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
  else
    failed=$((failed + 1))
  fi
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
