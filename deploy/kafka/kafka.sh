#!/usr/bin/env bash
# A real Kafka on this machine alone: fetches it, formats, starts, waits for and stops one broker or three.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=deploy/progress.sh
. "$top/deploy/progress.sh"

usage() {
  cat <<'EOT'
Usage: deploy/kafka/kafka.sh COMMAND [OPTION]… [ARGUMENT]…

  start                starts the broker, made anew where DIR holds none, and returns when it serves
  stop                 stops it; what it keeps stays in DIR
  status               says where it listens and which nodes run
  brokers              says where it listens, as settings have it: HOST:PORT,…
  node-start N         starts node N again
  node-kill N          kills node N at once, as a power cut would (kill -9)
  tool CLASS ARG…      runs a program of Kafka, such as org.apache.kafka.tools.TopicCommand
  fetch                only fetches Kafka
Options of all:
  --dir DIR            where the broker lives (default build/kafka/broker)
Options of a start in a new DIR; afterwards DIR remembers them:
  --nodes 1|3          one node, or three that copy to each other (default 1)
  --port P             the first port on 127.0.0.1, two a node are taken (default 19092; 0: any that are free)
  --version V          the version of Kafka (default 3.9.1)
  --security KIND      plain, scram (SASL_SSL, SCRAM-SHA-512) or mtls (certificates of both sides) (default plain)
  --users NAME:PASSWORD,…   who may connect, besides admin, who may all; a user may nothing until an ACL says so
  --set KEY=VALUE      one more line for server.properties; may be repeated
With security DIR gets ca.pem and, for each user and admin, NAME.properties (for tools: --command-config) and NAME.password or
NAME.pem with NAME.key (for yujing). Certificates name localhost and 127.0.0.1.
Kafka comes from Maven Central into build/kafka/VERSION once; KAFKA_JARS names a folder that has it already. KAFKA_JVM replaces
the options of the Java machine: -Xms256m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1.
Exit codes: 0 done, 1 not running (status), 64 usage, 69 Java, Maven or a port is missing or the broker does not start.
EOT
}

refuse() { echo "kafka.sh: $1" >&2; exit 64; }
give_up() { echo "kafka.sh: $1" >&2; exit 69; }

ready_seconds=120 # three nodes on two busy cores have needed 20
stop_seconds=20

# What a DIR remembers, and its defaults.
nodes=1 port=19092 version=3.9.1 security=plain users="" settings=""
dir=$top/build/kafka/broker
command=${1:-}
case $command in
  start | stop | status | brokers | node-start | node-kill | tool | fetch) shift ;;
  -h | --help) usage; exit 0 ;;
  "") usage >&2; exit 64 ;;
  *) refuse "unknown command '$command'; allowed: start, stop, status, brokers, node-start, node-kill, tool, fetch, --help" ;;
esac

given="" # options that count in a new DIR only
while [ $# -gt 0 ]; do
  case $1 in
    --dir | --nodes | --port | --version | --security | --users | --set)
      [ $# -gt 1 ] && [ -n "$2" ] || refuse "$1 needs a value"
      case $1 in
        --dir) dir=$2 ;;
        --set) settings+=$2$'\n' ;;
        *) declare "${1#--}=$2" ;;
      esac
      [ "$1" = --dir ] || given+=" $1"
      shift 2
      ;;
    -h | --help) usage; exit 0 ;;
    -*) refuse "unknown option '$1'; allowed: --dir, --nodes, --port, --version, --security, --users, --set, --help" ;;
    *) break ;;
  esac
done
[[ $nodes =~ ^[13]$ ]] || refuse "--nodes is 1 or 3, not '$nodes'"
[[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -le 65530 ] || refuse "--port is a number up to 65530, not '$port'"
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || refuse "--version is like 3.9.1, not '$version'"
[[ $security =~ ^(plain|scram|mtls)$ ]] || refuse "--security is plain, scram or mtls, not '$security'"
[[ -z $users || $users =~ ^[A-Za-z0-9_-]+:[^,:\"\\[:blank:]]+(,[A-Za-z0-9_-]+:[^,:\"\\[:blank:]]+)*$ ]] ||
  refuse "--users is NAME:PASSWORD,…; names of letters, digits, - and _; passwords without comma, colon, quote, backslash or blank"

case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
if [ -f "$dir/made" ]; then
  [ -z "$given" ] || [ "$command" = fetch ] ||
    refuse "$dir holds a broker made with other options than$given may say; remove the folder to make it anew"
  # shellcheck source=/dev/null
  . "$dir/made"
elif [ "$command" != start ] && [ "$command" != fetch ] && [ "$command" != tool ]; then
  [ "$command" != stop ] || exit 0
  [ "$command" != status ] || { echo "no broker in $dir; start makes one"; exit 1; }
  refuse "no broker in $dir; start makes one"
fi

# --- Kafka and Java

jars=${KAFKA_JARS:-$top/build/kafka/$version}

need_java() {
  command -v java >/dev/null ||
    give_up "Kafka runs on Java 17, and there is no 'java' here; install it: deploy/install-dependencies.sh --kafka"
}

fetch() {
  ! compgen -G "$jars/kafka_2.13-*.jar" >/dev/null || return 0
  [ -z "${KAFKA_JARS:-}" ] || give_up "KAFKA_JARS names $jars, which has no kafka_2.13-*.jar"
  command -v mvn >/dev/null ||
    give_up "fetching Kafka needs Maven, and there is no 'mvn' here; install it: deploy/install-dependencies.sh --kafka"
  local log=$top/build/kafka/fetch-$version.log
  mkdir -p "$top/build/kafka"
  # One at a time: whoever waited finds it done.
  exec 9>"$top/build/kafka/fetch.lock"
  flock 9
  if ! compgen -G "$jars/kafka_2.13-*.jar" >/dev/null; then
    echo "Kafka $version: fetching about 50 MB from Maven Central into ${jars#"$top"/}, once."
    rm -rf "$jars.part"
    with_progress "$log" mvn -B -ntp -f "$here/pom.xml" -Dkafka.version="$version" dependency:copy-dependencies \
      -DoutputDirectory="$jars.part" ||
      { grep -m 3 ERROR "$log" >&2; give_up "Maven could not fetch Kafka $version: is Maven Central reachable? Log: $log"; }
    mv "$jars.part" "$jars"
  fi
  exec 9>&-
}

kafka_jvm=${KAFKA_JVM:--Xms256m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}
# run_java LEVEL TARGET CLASS ARG…: in the place of this shell or subshell.
run_java() {
  local level=$1 target=$2
  shift 2
  # shellcheck disable=SC2086  # the words are meant to be words
  exec ${own_session:+setsid} java $kafka_jvm -Djava.awt.headless=true -Dyujing.level="$level" -Dyujing.target="$target" \
    -Dlog4j.configuration="file:$here/log4j.properties" -cp "$jars/*" "$@"
}

# --- Ports

broker_port() { echo $((port + 2 * ($1 - 1))); }
controller_port() { echo $((port + 2 * ($1 - 1) + 1)); }
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first port between $1 and $1 + 2 * nodes - 1 that is taken.
taken_from() {
  local number
  for ((number = $1; number < $1 + 2 * nodes; number++)); do
    ! taken "$number" || { echo "$number"; return 0; }
  done
  return 1
}

choose_port() {
  [ "$port" -eq 0 ] || return 0
  local tries=0
  while [ $tries -lt 100 ]; do
    port=$((20000 + RANDOM % 10000)) # below what the system gives to outgoing connections
    taken_from "$port" >/dev/null || return 0
    tries=$((tries + 1))
  done
  give_up "found no $((2 * nodes)) free ports in a row between 20000 and 30000"
}

bootstrap() {
  local number list=""
  for ((number = 1; number <= nodes; number++)); do list+=${list:+,}127.0.0.1:$(broker_port "$number"); done
  echo "$list"
}

# --- Security: a certificate authority, certificates and client files in DIR

# certificate NAME: NAME.key and NAME.pem (with the authority's own), good for server and client.
certificate() {
  openssl req -new -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -subj "/CN=$1" -out "$dir/$1.csr" 2>/dev/null &&
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' |
    openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 -sha256 \
      -extfile /dev/stdin -out "$dir/$1.pem" 2>/dev/null &&
    cat "$dir/ca.pem" >>"$dir/$1.pem" && rm "$dir/$1.csr"
}

# Lines for the tools of Kafka; the broker speaks to its like by the same means.
client_lines() {
  local name=$1 password=${2:-}
  if [ "$security" = scram ]; then
    printf '%s\n' "security.protocol=SASL_SSL" "sasl.mechanism=SCRAM-SHA-512" \
      "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"$name\" password=\"$password\";"
  else
    cat "$dir/$name.key" "$dir/$name.pem" >"$dir/$name.keystore.pem"
    printf '%s\n' "security.protocol=SSL" "ssl.keystore.type=PEM" "ssl.keystore.location=$dir/$name.keystore.pem"
  fi
  printf '%s\n' "ssl.truststore.type=PEM" "ssl.truststore.location=$dir/ca.pem"
}

password_of() {
  local user
  for user in ${users//,/ }; do
    [ "${user%%:*}" != "$1" ] || echo "${user#*:}"
  done
}

make_security() {
  [ "$security" != plain ] || return 0
  umask 077 # keys and passwords lie here
  command -v openssl >/dev/null ||
    give_up "certificates need openssl, which is not here; install it: deploy/install-dependencies.sh --tests"
  case ,$users in *,admin:* | *,broker:*) ;; *) users+=${users:+,}admin:$(openssl rand -hex 12),broker:$(openssl rand -hex 12) ;; esac
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 3650 -subj "/CN=yujing test CA" \
    2>/dev/null && certificate broker || give_up "openssl could not make the certificates in $dir"
  cat "$dir/broker.key" "$dir/broker.pem" >"$dir/broker.keystore.pem"
  local name
  for user in ${users//,/ }; do
    name=${user%%:*}
    if [ "$security" = scram ]; then
      printf '%s\n' "${user#*:}" >"$dir/$name.password"
      chmod 400 "$dir/$name.password"
    elif [ "$name" != broker ]; then
      certificate "$name" || give_up "openssl could not make the certificate of $name in $dir"
    fi
    client_lines "$name" "${user#*:}" >"$dir/$name.properties"
  done
}

# --- Nodes

listener() { case $security in plain) echo PLAINTEXT ;; scram) echo SASL_SSL ;; mtls) echo SSL ;; esac; }

server_properties() {
  local number=$1 voters="" other name
  name=$(listener)
  for ((other = 1; other <= nodes; other++)); do voters+=${voters:+,}$other@127.0.0.1:$(controller_port "$other"); done
  local copies=$nodes in_sync=$((nodes == 3 ? 2 : 1))
  cat <<EOT
process.roles=broker,controller
node.id=$number
controller.quorum.voters=$voters
listeners=$name://127.0.0.1:$(broker_port "$number"),CONTROLLER://127.0.0.1:$(controller_port "$number")
advertised.listeners=$name://127.0.0.1:$(broker_port "$number")
controller.listener.names=CONTROLLER
inter.broker.listener.name=$name
listener.security.protocol.map=CONTROLLER:PLAINTEXT,$name:$name
log.dirs=$dir/node$number/data
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
default.replication.factor=$copies
min.insync.replicas=$in_sync
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$in_sync
transaction.state.log.num.partitions=4
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=33554432
unclean.leader.election.enable=false
EOT
  [ "$security" = plain ] || cat <<EOT
ssl.keystore.type=PEM
ssl.keystore.location=$dir/broker.keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location=$dir/ca.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker;User:admin;User:ANONYMOUS
EOT
  # ANONYMOUS is the controllers' own port, in plain text on loopback.
  [ "$security" != scram ] || cat <<EOT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.$(client_lines broker "$(password_of broker)" | grep jaas)
EOT
  [ "$security" != mtls ] || cat <<EOT
ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=(.*)\$/\$1/,DEFAULT
EOT
  printf '%s' "$settings"
}

make_nodes() {
  local cluster number arguments=() user
  cluster=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=' | sed 's/^-/A/')
  if [ "$security" = scram ]; then
    for user in ${users//,/ }; do arguments+=(--add-scram "SCRAM-SHA-512=[name=${user%%:*},password=${user#*:}]"); done
  fi
  for ((number = 1; number <= nodes; number++)); do
    mkdir -p "$dir/node$number"
    server_properties "$number" >"$dir/node$number/server.properties"
    (run_java WARN System.err kafka.tools.StorageTool format -t "$cluster" -c "$dir/node$number/server.properties" \
      ${arguments[@]+"${arguments[@]}"}) >"$dir/node$number/format.log" 2>&1 ||
      { tail -n 5 "$dir/node$number/format.log" >&2; give_up "Kafka could not format node $number in $dir"; }
  done
}

# Its process, if it runs. A number that meanwhile belongs to another program is not it.
node_pid() {
  local pid
  pid=$(cat "$dir/node$1/pid" 2>/dev/null) && [ -n "$pid" ] &&
    grep -qsF "$dir/node$1/server.properties" "/proc/$pid/cmdline" && echo "$pid"
}

launch() {
  local number=$1
  : >"$dir/node$number/log" # nothing of its last life
  # In a session of its own: Kafka listens to a Ctrl-C that is meant for the script it was started from.
  (own_session=1 run_java INFO System.out kafka.Kafka "$dir/node$number/server.properties") 9>&- >"$dir/node$number/log" 2>&1 </dev/null &
  local pid=$!
  echo $pid >"$dir/node$number/pid"
  disown
  # Until it is Kafka: for a moment it is a copy of this script.
  while kill -0 $pid 2>/dev/null && ! node_pid "$number" >/dev/null; do sleep 0.02; done
}

# Waits until the nodes named serve.
wait_ready() {
  local began=$SECONDS number
  for number in "$@"; do
    until grep -q 'Kafka Server started' "$dir/node$number/log"; do
      if ! node_pid "$number" >/dev/null; then
        grep -E -m 5 ' (ERROR|FATAL) |Exception' "$dir/node$number/log" >&2
        give_up "node $number ended while starting; its log: $dir/node$number/log"
      fi
      [ $((SECONDS - began)) -lt $ready_seconds ] ||
        give_up "node $number does not serve after $ready_seconds s; its log: $dir/node$number/log"
      sleep 0.1
    done
  done
}

# --- Commands

valid_node() {
  [[ ${1:-} =~ ^[1-9]$ ]] && [ "$1" -le "$nodes" ] || refuse "$command needs the number of a node, 1 to $nodes, not '${1:-}'"
}

start() {
  local number running=0 other began=$SECONDS numbers=()
  need_java
  fetch
  for ((number = 1; number <= nodes; number++)); do ! node_pid "$number" >/dev/null || running=$((running + 1)); done
  if [ $running -eq "$nodes" ]; then
    echo "Kafka $version runs already at $(bootstrap)."
    return 0
  fi
  choose_port
  for ((number = 1; number <= nodes; number++)); do
    node_pid "$number" >/dev/null && continue
    for other in $(broker_port "$number") $(controller_port "$number"); do
      ! taken "$other" || give_up "port $other of 127.0.0.1 is taken by another program; choose others with --port P (0: any free)"
    done
    numbers+=("$number")
  done
  if [ ! -f "$dir/made" ]; then
    mkdir -p "$dir"
    rm -rf "$dir"/node* # what a start left that did not get so far
    make_security
    make_nodes
    declare -p nodes port version security users settings | sed 's/^declare -- //' >"$dir/made.part"
    chmod 600 "$dir/made.part"
    mv "$dir/made.part" "$dir/made"
  fi
  for number in "${numbers[@]}"; do launch "$number"; done
  (wait_ready "${numbers[@]}") || { stop >/dev/null; exit 69; }
  echo "Kafka $version serves at $(bootstrap) ($nodes node$([ "$nodes" -eq 1 ] || echo s), $security) after $((SECONDS - began)) s; it lives in $dir."
}

stop() {
  local number pid began=$SECONDS ran=""
  for ((number = 1; number <= nodes; number++)); do
    if pid=$(node_pid "$number"); then
      kill "$pid"
      ran=1
    fi
  done
  for ((number = 1; number <= nodes; number++)); do
    while pid=$(node_pid "$number"); do
      # The last of three has nobody left to hand over to and would wait for minutes.
      [ $((SECONDS - began)) -lt $stop_seconds ] || kill -9 "$pid"
      sleep 0.1
    done
    rm -f "$dir/node$number/pid"
  done
  [ -z "$ran" ] || echo "Kafka in $dir is stopped."
}

status() {
  local number pid down=0
  echo "Kafka $version at $(bootstrap), $security, in $dir"
  for ((number = 1; number <= nodes; number++)); do
    if pid=$(node_pid "$number"); then echo "node $number runs as process $pid"; else echo "node $number is down"; down=1; fi
  done
  return $down
}

case $command in
  start) start ;;
  stop) stop ;;
  status) status ;;
  brokers) bootstrap ;;
  fetch)
    fetch
    echo "Kafka $version is in $jars."
    ;;
  node-start)
    valid_node "${1:-}"
    need_java
    fetch
    ! node_pid "$1" >/dev/null || { echo "node $1 runs already"; exit 0; }
    launch "$1"
    wait_ready "$1"
    ;;
  node-kill)
    valid_node "${1:-}"
    pid=$(node_pid "$1") || { echo "node $1 is down already"; exit 0; }
    kill -9 "$pid"
    while node_pid "$1" >/dev/null; do sleep 0.05; done
    rm -f "$dir/node$1/pid"
    ;;
  tool)
    [ $# -gt 0 ] || refuse "tool needs the class of a program, such as org.apache.kafka.tools.TopicCommand"
    need_java
    fetch >&2
    run_java WARN System.err "$@"
    ;;
esac
