#!/usr/bin/env bash
# From a fresh clone to the running demo: installs the packages, builds the program, starts `yujing demo`.
set -euo pipefail
cd "$(dirname "$0")"
. deploy/progress.sh

usage() {
  cat <<'EOT'
Usage: ./demo.sh [--help] [OPTION of `yujing demo`]…
       ./demo.sh --kafka [--prometheus] [OPTION]…

Installs the packages it needs (Debian 12, asks for sudo where needed), builds the program in build/release and runs
`yujing demo`, which makes settlements, watches them and writes this month's lists. The first build takes some minutes, later
ones seconds. Whatever you add goes to `yujing demo`; `build/release/app/yujing demo --help` says what that may be.
With --kafka the same bills come through a real Kafka, and alerts are shown as they come; `./demo.sh --kafka --help` says more.
EOT
}
kafka="" needed=()
case ${1:-} in
  -h | --help) usage; exit 0 ;;
  --kafka)
    shift
    case " $* " in *" -h "* | *" --help "*) exec deploy/kafka/demo.sh --help ;; esac
    kafka=1 needed=(--kafka)
    case " $* " in *" --prometheus "*) needed+=(--prometheus) ;; esac
    ;;
esac

say() { printf '\n== %s\n' "$*"; }
stop() {
  printf '%s\n' "--- the last lines of $1" >&2
  tail -n 30 "$1" >&2
  printf 'demo.sh: %s The whole log: %s\n' "$2" "$1" >&2
  exit 70
}

release=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}" || true)
[ "$release" = "debian 12" ] ||
  echo "demo.sh: this is ${release:-an unknown system}, not Debian 12: packages may be missing or too old. Going on." >&2

say "Packages"
deploy/install-dependencies.sh ${needed[@]+"${needed[@]}"}

say "Building the program (build/release)"
with_progress build/demo-configure.log cmake --preset release ||
  stop build/demo-configure.log "CMake could not configure the build."
with_progress build/demo-build.log cmake --build --preset release --target yujing ||
  stop build/demo-build.log "The program did not build."
echo "Built build/release/app/yujing."

[ -z "$kafka" ] || exec deploy/kafka/demo.sh "$@"
say "yujing demo $*"
exec build/release/app/yujing demo "$@"
