#!/bin/bash
# A root folder of another Debian release with its Docker engine, for ENGINE_OS of engine.sh: root.sh SUITE
#
#   bookworm: docker.io 20.10.24 (API 1.41)   trixie: 26.1.5 (API 1.45)   forky: 28.5.2 (API 1.51)
#
# Prints the folder. Made once (about 40 s, 600 MB) and kept in TOPO_LAB (default /var/tmp/topo-lab)/roots.
# It comes from the archive that this machine's own apt uses.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
suite=${1:?a Debian release, such as trixie or forky}
roots=${TOPO_LAB:-/var/tmp/topo-lab}/roots
root=$roots/$suite
packages=docker.io,iptables,iproute2,ca-certificates

die() { echo "root.sh: $*" >&2; exit 1; }

# debootstrap may be older than the suite; every new one is made like sid.
recipe() {
  local scripts=/usr/share/debootstrap/scripts
  if [[ -e $scripts/$suite ]]; then echo "$scripts/$suite"; else echo "$scripts/sid"; fi
}

make_root() {
  local mirror made=$root.new
  command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
  mirror=$("$here/archive.sh")
  rm -rf --one-file-system "$made"
  debootstrap --variant=minbase --include="$packages" "$suite" "$made" "$mirror" "$(recipe)" >"$root.log" 2>&1 || {
    tail -5 "$root.log" >&2
    die "debootstrap of $suite failed; see $root.log"
  }
  rm -rf "$made"/var/cache/apt/archives/*.deb "$made"/var/lib/apt/lists/*
  mv "$made" "$root"
}

[[ $(id -u) == 0 ]] || die "making a root needs root"
mkdir -p "$roots"
exec 9>"$root.lock"
flock 9
[[ -d $root ]] || make_root
echo "$root"
