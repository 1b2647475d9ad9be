#!/usr/bin/env bash
# Installs the Debian packages that yujing is built from. Run it as often as you like.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=deploy/progress.sh
. "$top/deploy/progress.sh"

build_packages=(
  ca-certificates ccache cmake g++ ninja-build pkg-config
  libcli11-dev libcpp-httplib-dev libcurl4-openssl-dev libexpected-dev libfmt-dev librdkafka-dev librocksdb-dev libsimdjson-dev
  libsodium-dev libspdlog-dev libssl-dev libxlsxwriter-dev libyaml-cpp-dev nlohmann-json3-dev prometheus-cpp-dev zlib1g-dev
)
test_packages=(
  clang-14 clang-format-14 clang-tidy-14 groff-base libbenchmark-dev libclang-rt-14-dev libgmock-dev libgtest-dev librapidcheck-dev python3
  openssl python3-confluent-kafka
)
kafka_packages=(maven openjdk-17-jre-headless) # a real Kafka: deploy/kafka
prometheus_packages=(prometheus)

usage() {
  cat <<EOT
Usage: deploy/install-dependencies.sh [--kafka] [--prometheus] [--tests] [--list]

Installs what building yujing needs, from Debian 12's own archive, by apt-get. Packages already there are left alone.
  --kafka       also what a Kafka on this machine needs
  --prometheus  also Prometheus, which Debian starts as a service on port 9090
  --tests       also what the tests, the sanitizers, the fuzzers and the benches need, Kafka and Prometheus included
  --list        only say which packages are missing, one a line, and install nothing
As another user than root it uses sudo. Exit codes: 0 done, 64 usage, 69 could not install.
EOT
}

packages=("${build_packages[@]}") list=""
for argument in "$@"; do
  case $argument in
    --kafka) packages+=("${kafka_packages[@]}") ;;
    --prometheus) packages+=("${prometheus_packages[@]}") ;;
    --tests) packages+=("${test_packages[@]}" "${kafka_packages[@]}" "${prometheus_packages[@]}") ;;
    --list) list=1 ;;
    -h | --help) usage; exit 0 ;;
    *) echo "install-dependencies.sh: unknown argument '$argument'; allowed: --kafka, --prometheus, --tests, --list, --help" >&2; exit 64 ;;
  esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "install-dependencies.sh: no apt-get here. yujing is built on Debian 12; elsewhere install the counterparts of:" >&2
  printf '  %s\n' "${packages[@]}" >&2
  exit 69
fi

missing=()
for package in "${packages[@]}"; do
  case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
    ?i*) ;;
    *) missing+=("$package") ;;
  esac
done

if [ -n "$list" ]; then
  [ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]}"
  exit 0
fi
if [ ${#missing[@]} -eq 0 ]; then
  echo "Packages: all ${#packages[@]} are installed already."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-dependencies.sh: installing packages needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 69
  fi
  echo "Packages: ${#missing[@]} are missing; sudo may ask for your password to install them."
  sudo -v || exit 69
  as_root=(sudo)
fi

log=$top/build/install.log
run_apt() { ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@"; }
failed() {
  tail -n 15 "$log" >&2
  echo "install-dependencies.sh: $1 The whole log: $log" >&2
  exit 69
}

echo "Packages: installing ${#missing[@]} of ${#packages[@]} with apt-get: ${missing[*]}"
with_progress "$log" run_apt update || failed "apt-get update failed: is the Debian archive reachable?"
with_progress "$log" run_apt install --no-install-recommends "${missing[@]}" ||
  failed "apt-get install failed. On another release than Debian 12 some of these packages have other names."
# Java hears of an organisation's own certificate authorities by this alone; Maven needs them behind its proxy.
if [ -d /etc/ssl/certs/java ] && compgen -G "/usr/local/share/ca-certificates/*.crt" >/dev/null; then
  with_progress "$log" ${as_root[@]+"${as_root[@]}"} update-ca-certificates || failed "update-ca-certificates failed."
fi
echo "Packages: done."
