#!/bin/bash
# A private registry of images in the network of a private engine, on 127.0.0.1: engines take plain HTTP there.
#
#   registry.sh ENGINE PORT FOLDER [HTPASSWD]     serves what is in FOLDER, and keeps there what is pushed
#   registry.sh ENGINE PORT FOLDER --read-only    only serves: several may share a folder
#
# It ends with the engine or when it is ended. HTPASSWD is a file of name:bcrypt lines; without it everybody may
# read and write. The program comes out of Debian's package, which is unpacked below TOPO_LAB and not installed: it
# would start a service of its own.
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
auth= only_read=false
case ${4:-} in
'') ;;
--read-only) only_read=true ;;
*) auth="auth: {htpasswd: {realm: lab, path: $4}}" ;;
esac
holder=$("$here/engine.sh" describe "$engine" | sed 's/.*"holder": \([0-9]*\).*/\1/')
export OTEL_TRACES_EXPORTER=none # it would look for a collector
# In the engine's table of processes it ends with the engine, and by setpriv also with this process.
exec nsenter -t "$holder" -n -p setpriv --pdeathsig KILL "$program/docker-registry" serve /dev/stdin <<END
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $folder}
  delete: {enabled: true}
  maintenance: {readonly: {enabled: $only_read}}
http: {addr: "127.0.0.1:$port"}
$auth
END
