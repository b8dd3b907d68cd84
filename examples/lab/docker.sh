#!/bin/bash
# A docker command that has buildx, for tests of builds by BuildKit: docker.sh
#
# Prints a folder with the command, `docker`, and a folder `config` for DOCKER_CONFIG, where it finds its plugin. They
# come out of Debian's packages of forky (28.5.2 and 0.29.1), which run on older releases too, and are unpacked below
# TOPO_LAB (default /var/tmp/topo-lab) and not installed: the machine's own command and its configuration stay as
# they are. Made once (about 7 s, 100 MB), out of the archive that this machine's apt uses; needs no root.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
suite=forky
folder=${TOPO_LAB:-/var/tmp/topo-lab}/docker

# apt with an index of its own, so that the machine's stays of one release.
of_suite() {
  "$1" -qq -o APT::Sandbox::User="$(id -un)" -o Dir::Etc::SourceList="$made/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$made/lists" -o Dir::Cache="$made/cache" -o Acquire::Languages=none "${@:2}"
}

unpack() {
  local made
  made=$(mktemp -d "$folder.XXXXXX")
  mkdir -p "$made"/{lists,cache/archives}/partial "$made"/{debs,root,ready/config/cli-plugins}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $("$here/archive.sh") $suite main" \
    >"$made/sources.list"
  of_suite apt-get update
  (cd "$made/debs" && of_suite apt-get download docker-cli docker-buildx >/dev/null)
  for package in "$made"/debs/*.deb; do dpkg-deb -x "$package" "$made/root"; done
  mv "$made/root/usr/bin/docker" "$made/ready/docker"
  mv "$made/root/usr/libexec/docker/cli-plugins/docker-buildx" "$made/ready/config/cli-plugins/docker-buildx"
  mv -T "$made/ready" "$folder" # at once: others may be about to start it
  rm -r "$made"
}

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
[[ -d $folder ]] || unpack
echo "$folder"
