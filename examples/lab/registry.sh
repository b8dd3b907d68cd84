#!/bin/bash
# A private registry of images in the network of a private engine, on 127.0.0.1: engines take plain HTTP there.
#
#   registry.sh ENGINE PORT FOLDER [HTPASSWD]   serves until it is ended; images are kept in FOLDER
#
# HTPASSWD is a file of name:bcrypt lines; without it everybody may read and write. The program comes out of
# Debian's package, which is unpacked below TOPO_LAB and not installed: it would start a service of its own.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
engine=${1:?name of the engine}
port=${2:?port}
folder=${3:?folder}
program=${TOPO_LAB:-/var/tmp/topo-lab}/registry

unpack() {
  local made
  made=$(mktemp -d "$program.XXXXXX")
  (cd "$made" && apt-get download -qq docker-registry >/dev/null && dpkg-deb -x ./*.deb "$made")
  mkdir -p "$program"
  mv -T "$made/usr/bin/docker-registry" "$program/docker-registry" # at once: others may be about to start it
  rm -r "$made"
}

[[ -x $program/docker-registry ]] || unpack
mkdir -p "$folder"
auth=
[[ -z ${4:-} ]] || auth="auth: {htpasswd: {realm: lab, path: $4}}"
cat >"$folder/config.yml" <<END
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $folder/data}
  delete: {enabled: true}
http: {addr: "127.0.0.1:$port"}
$auth
END
holder=$("$here/engine.sh" describe "$engine" | sed 's/.*"holder": \([0-9]*\).*/\1/')
export OTEL_TRACES_EXPORTER=none # it would look for a collector
exec nsenter -t "$holder" -n "$program/docker-registry" serve "$folder/config.yml"
