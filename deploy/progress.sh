# Sourced by the scripts that run long commands quietly: with_progress LOG COMMAND… sends all output to LOG and meanwhile shows the
# last line of it, in place on a terminal, else now and then. Returns what the command returned. Needs nothing but bash and coreutils.

progress_every_seconds=60

with_progress() {
  local log=$1 child status=0 started=$SECONDS said=$SECONDS line
  shift
  mkdir -p "$(dirname "$log")"
  # A process group of its own, so that an interrupt ends all the command has started.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  child=$!
  set +m
  # shellcheck disable=SC2064  # the child of now, not of later
  trap "kill -- -$child 2>/dev/null; exit 130" INT TERM
  while kill -0 "$child" 2>/dev/null; do
    if [ -t 1 ]; then
      line=$(tail -n 1 "$log" | tr -d '\r\033')
      printf '\r\033[K%4ds  %s' $((SECONDS - started)) "${line:0:$((${COLUMNS:-80} - 8))}"
    elif [ $((SECONDS - said)) -ge "$progress_every_seconds" ]; then
      said=$SECONDS
      line=$(tail -n 1 "$log" | tr -d '\r\033')
      printf '  … %ds: %s\n' $((SECONDS - started)) "${line:0:110}"
    fi
    sleep 0.5
  done
  wait "$child" || status=$?
  trap - INT TERM
  [ ! -t 1 ] || printf '\r\033[K'
  return "$status"
}
