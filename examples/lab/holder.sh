#!/bin/sh
# The first process inside the namespaces of a private engine (engine.sh starts it): NAME FOLDER [ROOT].
# It sets the namespaces up and then becomes an init that reaps what the engine's processes leave behind.
set -e
name=$1 dir=$2 root=$3

ip link set lo up
hostname "$name"

if [ -n "$root" ]; then # live in the other release; of this machine only the engine's folder is seen
  mount --bind "$root" "$root"
  mkdir -p "$root$dir" "$root/.old"
  mount --bind "$dir" "$root$dir"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  cd "$root"
  pivot_root . .old
  cd /
  umount -l /.old
  [ -e /etc/resolv.conf ] || : >/etc/resolv.conf
fi

# Else every write that one engine waits for waits for those of all others on the disk.
if [ -n "${ENGINE_MEMORY:-}" ]; then
  mkdir -p "$dir/data"
  mount -t tmpfs -o "size=$ENGINE_MEMORY,mode=0711" tmpfs "$dir/data"
fi

# Sockets of plugins and shims lie here whatever --exec-root says, and would outlive a killed engine.
for sockets in /run/docker /run/containerd; do
  mkdir -p "$sockets"
  mount -t tmpfs tmpfs "$sockets"
done

# Names that are no container's are answered by nxdns.py; there is no way out of this network anyhow.
if [ -e /etc/resolv.conf ]; then
  echo "nameserver 127.0.0.1" >"$dir/resolv.conf"
  mount --bind "$dir/resolv.conf" "$(readlink -f /etc/resolv.conf)"
fi

# dockerd wants control groups; a bare machine has none mounted.
grep -q ' /sys/fs/cgroup[^ ]* cgroup' /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup

exec "$(command -v docker-init || command -v tini)" -s -- sleep infinity
