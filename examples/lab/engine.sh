#!/bin/bash
# A private Docker engine in namespaces of its own: network, mounts, processes, host name.
#
#   engine.sh start NAME [DOCKERD FLAGS]  start it, or leave it running; prints DOCKER_HOST=unix://...
#   engine.sh stop NAME                   end it with all it made, and remove its folder
#   engine.sh dstop|dkill9|dstart NAME    only dockerd, asked or killed; the containers stay (to test faults)
#   engine.sh exec NAME COMMAND...        run COMMAND in its network, where published ports are on localhost
#   engine.sh enter NAME COMMAND...       run COMMAND in all its namespaces
#   engine.sh env NAME                    print the line that makes a shell talk to it
#   engine.sh status NAME                 say what runs; 0 when it answers
#   engine.sh describe NAME               the same for programs: one JSON object
#
# Why: nothing here touches the engine, the interfaces, the firewall or the mounts of the machine, and several
# engines run side by side with the same ports and subnets. One process, the holder, owns the namespaces: when
# it dies the kernel takes dockerd, containers, mounts, bridges and iptables rules away with it.
#
# ENGINE_OS=FOLDER runs the dockerd of another Debian release, from a root made by root.sh. Such an engine sees
# only its own folder of this machine, at the same path: the sources of bind mounts must lie in it.
# ENGINE_MIRROR=FOLDER gives it a mirror of Docker Hub, which has the images that `images --mirror FOLDER` put there:
# they are pulled under their official names. FOLDER is only read, so engines share it.
# ENGINE_MEMORY=SIZE, such as 4g, keeps its images, containers and volumes in memory: gone when it is stopped.
# TOPO_LAB (default /var/tmp/topo-lab) is where engines live. Keep it short: a socket's path ends at 107 bytes.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
verb=${1:?what to do: start, stop, dstop, dkill9, dstart, exec, enter, env, status or describe}
name=${2:?name of the engine}
shift 2

engines=${TOPO_LAB:-/var/tmp/topo-lab}/engines
dir=$engines/$name
socket=$dir/docker.sock
mirror=127.0.0.1:871 # a port that no stack publishes

die() { echo "engine.sh: $*" >&2; exit 1; }
# shellcheck source=examples/lab/processes.sh
source "$here/processes.sh"

[[ $name =~ ^[a-z0-9][a-z0-9-]{0,19}$ ]] || die "a name is 1 to 20 of a-z, 0-9 and -, not '$name'"
# containerd's is the longest path below the folder.
longest=$dir/exec/containerd/containerd.sock.ttrpc
((${#longest} < 108)) || die "$longest is too long for a socket; set TOPO_LAB to a shorter folder"

holder() { pid_of holder || die "engine $name does not run"; }

answers() { curl -fsS -m 2 --unix-socket "$socket" http://engine/_ping >/dev/null 2>&1; }

child() { tr -d ' ' <"/proc/$1/task/$1/children" 2>/dev/null; }

start_holder() {
  pid_of holder >/dev/null && return
  mkdir -p "$dir/share"
  echo "${ENGINE_OS:-}" >"$dir/root"
  rm -rf "$dir/exec" "$socket" "$dir/dockerd" "$dir/dockerd.pid"
  # Descriptor 9 is the lock: what outlives this script must not hold it.
  setsid unshare --net --mount --uts --pid --fork --kill-child --mount-proc \
    sh "$here/holder.sh" "$name" "$dir" "${ENGINE_OS:-}" </dev/null >"$dir/holder.log" 2>&1 9>&- &
  local outer=$! pid='' _
  for _ in $(seq 250); do
    pid=$(child "$outer") || true
    [[ -n $pid && $(cat "/proc/$pid/comm" 2>/dev/null) =~ ^(docker-init|tini)$ ]] && break
    kill -0 "$outer" 2>/dev/null || die "no namespaces for $name: $(cat "$dir/holder.log")"
    sleep 0.02
  done
  [[ -n $pid ]] || die "the holder of $name did not start: $(cat "$dir/holder.log")"
  remember holder "$pid"
  setsid nsenter -t "$pid" -n -p "$(python)" "$here/nxdns.py" </dev/null >/dev/null 2>&1 9>&- &
}

python() { command -v /usr/bin/python3 || command -v python3 || die "python3 is missing"; }

# On a busy machine containerd may take longer than the quarter of a minute that dockerd waits for it.
start_dockerd() {
  answers && return
  # What is given at the start also holds when dockerd alone is started again.
  (($# == 0)) || printf '%s\n' "$@" >"$dir/flags"
  touch "$dir/flags"
  run_dockerd && return
  tail -5 "$dir/dockerd.log" | grep -q "timeout waiting for containerd to start" || die "dockerd of $name ended"
  echo "engine.sh: containerd of $name was not there in time; starting dockerd once more" >&2
  run_dockerd || die "dockerd of $name ended again"
}

run_dockerd() { # 1 when it ended before it answered, with its last words
  local pid flags _
  pid=$(holder) || exit 1
  mapfile -t flags <"$dir/flags"
  rm -f "$dir/dockerd.pid"
  echo '{}' >"$dir/daemon.json" # never the machine's /etc/docker/daemon.json
  nsenter -t "$pid" -n -m -u -p dockerd --config-file "$dir/daemon.json" --host "unix://$socket" \
    --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/topo-$name" \
    "${flags[@]}" </dev/null >>"$dir/dockerd.log" 2>&1 9>&- &
  local outer=$!
  for _ in $(seq 600); do
    answers && break
    kill -0 "$outer" 2>/dev/null || { tail -5 "$dir/dockerd.log" >&2; return 1; }
    sleep 0.05
  done
  answers || die "dockerd of $name did not answer within 30 s; see $dir/dockerd.log"
  remember dockerd "$(child "$outer")"
}

mirror_answers() { nsenter -t "$1" -n curl -fsS -m 2 "http://$mirror/v2/" >/dev/null 2>&1; }

start_mirror() { # FOLDER
  local pid _
  pid=$(holder)
  ! mirror_answers "$pid" || return 0
  grep -qx "http://$mirror" "$dir/flags" || die "$name was started without a mirror; stop it first"
  setsid "$here/registry.sh" "$name" "${mirror#*:}" "$1" --read-only </dev/null >"$dir/mirror.log" 2>&1 9>&- &
  for _ in $(seq 600); do
    ! mirror_answers "$pid" || return 0
    kill -0 "$!" 2>/dev/null || break
    sleep 0.05
  done
  die "the mirror of $name does not answer: $(cat "$dir/mirror.log")"
}

stop_dockerd() { # SIGNAL
  local pid
  pid=$(pid_of dockerd) || return 0
  kill "-$1" "$pid"
  gone "$pid" 30 || die "dockerd of $name (pid $pid) does not end"
  rm -f "$dir/dockerd"
}

stop_holder() {
  local pid
  pid=$(pid_of holder) || return 0
  kill -KILL "$pid"
  gone "$pid" 10 || die "the holder of $name (pid $pid) does not end"
}

remove_leftovers() {
  local mount
  while read -r mount; do # dockerd leaves its empty control groups behind
    [[ ! -d $mount/topo-$name ]] || find "$mount/topo-$name" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done < <(awk '$3 ~ /^cgroup2?$/ {print $2}' /proc/mounts)
  rm -rf --one-file-system "$dir"
}

status() {
  echo "holder $(pid_of holder || echo down)"
  echo "dockerd $(pid_of dockerd || echo down)"
  answers || return 1
}

# `folder` is the same for this machine and for the engine, whatever its root.
describe() {
  local version
  version=$(curl -fsS -m 5 --unix-socket "$socket" http://engine/version) || die "engine $name does not answer"
  version=$(sed -E 's/.*"Version":"([0-9.]+)[^"]*","ApiVersion".*/\1/' <<<"$version")
  printf '{"name": "%s", "version": "%s", "socket": "%s", "holder": %s, "folder": "%s", "root": "%s"}\n' \
    "$name" "$version" "$socket" "$(holder)" "$dir/share" "$(cat "$dir/root")"
}

case $verb in
start)
  [[ $(id -u) == 0 ]] || die "a private engine needs root"
  locked
  start_holder
  [[ -z ${ENGINE_MIRROR:-} ]] || set -- "$@" --registry-mirror "http://$mirror"
  start_dockerd "$@"
  [[ -z ${ENGINE_MIRROR:-} ]] || start_mirror "$ENGINE_MIRROR"
  echo "DOCKER_HOST=unix://$socket"
  ;;
stop)
  locked
  stop_holder
  remove_leftovers
  ;;
dstart) start_dockerd "$@" ;;
dstop) stop_dockerd TERM ;;
dkill9) stop_dockerd KILL ;;
exec) pid=$(holder) && exec nsenter -t "$pid" -n -- "$@" ;;
enter) pid=$(holder) && exec nsenter -t "$pid" -n -m -u -p -- "$@" ;;
env) echo "export DOCKER_HOST=unix://$socket" ;;
status) status ;;
describe) describe ;;
*) die "no such command: $verb" ;;
esac
