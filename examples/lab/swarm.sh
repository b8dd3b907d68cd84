#!/bin/bash
# A private Swarm: three engines, each in namespaces of its own, on a switch in one more network namespace.
#
#   swarm.sh start NAME [MANAGERS]  start it, or leave it running, with 1 or 3 managers; prints DOCKER_HOST=unix://...
#   swarm.sh stop NAME              end it with all it made
#   swarm.sh describe NAME          say what there is as JSON: the process that holds the switch, and the nodes
#
# The nodes are the engines NAME-1, NAME-2 and NAME-3 of engine.sh and are called so in the Swarm; 1 is a manager.
# They have the addresses 198.18.9.11 to .13; the switch has 198.18.9.1, and who is there is outside: published
# ports are reached at the addresses of the nodes (`nsenter -t SWITCH -n`). The machine's own network has no part
# in it, so several Swarms run side by side. ENGINE_OS and TOPO_LAB are those of engine.sh.
#
# It exits with 77 where the kernel cannot do it. Nodes have no way out of the switch: with one, each task would
# wait for a registry that does not answer.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
verb=${1:?what to do: start, stop or describe}
name=${2:?name of the Swarm}
managers=${3:-1}

lab=${TOPO_LAB:-/var/tmp/topo-lab}
dir=$lab/swarms/$name
engine=$here/engine.sh
nodes=("$name-1" "$name-2" "$name-3")
subnet=198.18.9

die() { echo "swarm.sh: $*" >&2; exit 1; }
# shellcheck source=examples/lab/processes.sh
source "$here/processes.sh"

[[ $name =~ ^[a-z0-9][a-z0-9-]{0,17}$ ]] || die "a name is 1 to 18 of a-z, 0-9 and -, not '$name'"
[[ $managers =~ ^[13]$ ]] || die "there can be 1 or 3 managers, not '$managers'"

# The machine may have no docker command.
ask() { # NODE PATH [BODY]: the answer of its engine
  curl -fsS -m 60 --unix-socket "$lab/engines/$1/docker.sock" ${3:+-H Content-Type:application/json -d "$3"} "http://engine$2"
}
is_active() { ask "$1" /info | grep -q '"LocalNodeState":"active"'; }
token() { ask "${nodes[0]}" /swarm | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; } # Worker or Manager

start_switch() {
  pid_of switch >/dev/null && return
  # The last thing it does becomes its name, which tells that the switch is ready.
  setsid unshare --net sh -ec "ip link set lo up
    ip link add vxlan0 type vxlan id 1 dstport 4789
    ip link del vxlan0
    ip link add switch type bridge
    ip addr add $subnet.1/24 dev switch
    ip link set switch up
    exec sleep infinity" </dev/null >"$dir/switch.log" 2>&1 9>&- &
  local pid=$! _
  remember switch "$pid"
  disown # its end is not worth a word
  for _ in $(seq 250); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) != sleep ]] || break
    kill -0 "$pid" 2>/dev/null || cannot "$(cat "$dir/switch.log")"
    sleep 0.02
  done
}

cannot() {
  echo "swarm.sh: this kernel has no VXLAN or no bridges in a network namespace: $1" >&2
  exit 77
}

start_node() { # NUMBER
  local node=$name-$1 holder switch
  switch=$(pid_of switch)
  "$engine" start "$node" --default-address-pool base=10.128.0.0/9,size=24 >/dev/null
  holder=$("$engine" describe "$node" | sed 's/.*"holder": \([0-9]*\).*/\1/')
  nsenter -t "$holder" -n ip link show eth0 >/dev/null 2>&1 && return
  ip link add "node$1" netns "$switch" type veth peer name eth0 netns "$holder"
  nsenter -t "$switch" -n ip link set "node$1" master switch up
  nsenter -t "$holder" -n sh -ec "ip addr add $subnet.1$1/24 dev eth0; ip link set eth0 up"
}

# A node that does not answer is missed after three beats, of so many nanoseconds.
begin() {
  is_active "${nodes[0]}" || ask "${nodes[0]}" /swarm/init '{"ListenAddr": "0.0.0.0:2377",
    "AdvertiseAddr": "'"$subnet.11"'", "Spec": {"Dispatcher": {"HeartbeatPeriod": 2000000000}}}' >/dev/null
}

join() { # NUMBER ROLE
  is_active "$name-$1" || ask "$name-$1" /swarm/join '{"ListenAddr": "0.0.0.0:2377",
    "AdvertiseAddr": "'"$subnet.1$1"'", "RemoteAddrs": ["'"$subnet.11:2377"'"],
    "JoinToken": "'"$(token "$2")"'"}' >/dev/null
}

# None may go on when this returns: a stop would miss what begins after it.
side_by_side() { # COMMAND WORD...: the command with each word as its argument
  local word pids=() pid failed=0
  for word in "${@:2}"; do $1 "$word" 9>&- & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return "$failed"
}

start() {
  local role=Worker number
  trap 'code=$?; ((code == 0)) || stop; exit $code' EXIT
  trap 'exit 130' INT TERM
  start_switch
  side_by_side start_node 1 2 3
  begin
  [[ $managers == 1 ]] || role=Manager
  for number in 2 3; do join "$number" "$role"; done
  echo "DOCKER_HOST=unix://$lab/engines/${nodes[0]}/docker.sock"
}

stop() {
  local pid
  side_by_side "$engine stop" "${nodes[@]}"
  if pid=$(pid_of switch); then
    kill -KILL "$pid"
    gone "$pid" 10 || die "the switch of $name (pid $pid) does not end"
  fi
  rm -rf "$dir"
}

describe() {
  local node described=() switch
  switch=$(pid_of switch) || die "Swarm $name does not run"
  for node in "${nodes[@]}"; do described+=("$("$engine" describe "$node")"); done
  (IFS=, && printf '{"name": "%s", "switch": %s, "engines": [%s]}\n' "$name" "$switch" "${described[*]}")
}

case $verb in
start)
  [[ $(id -u) == 0 ]] || die "a private Swarm needs root"
  locked
  start
  ;;
stop)
  locked
  stop
  ;;
describe) describe ;;
*) die "no such command: $verb" ;;
esac
