#!/bin/bash
# From a fresh Debian with Python 3.11 and git to a running stack: examples/quickstart.sh
#
# It uses the Docker engine that answers: DOCKER_HOST, else the docker context, else the usual socket. Where none
# does, and it runs as root on Debian, it installs docker.io and starts an engine of its own in namespaces of its
# own. Run it as often as you like: what is there already is used.
#
# WEB_PORT (default 8080) is the port of the page.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# What is made on the way: images, and for root the private engine.
[[ $(id -u) == 0 ]] && lab=/var/tmp/topo-lab || lab=${XDG_CACHE_HOME:-$HOME/.cache}/topo-lab
export TOPO_LAB=${TOPO_LAB:-$lab}
export WEB_PORT=${WEB_PORT:-8080}
private=quick
engine=$PWD/examples/lab/engine.sh
stack=examples/three-tier
venv=$PWD/.venv
inside=() # what to put before a command so that it finds published ports on localhost
unset PYTHONDONTWRITEBYTECODE # each program would start slowly

section() { printf '\n== %s\n' "$*"; }
show() { echo "\$ $*" && "$@"; }
die() { printf '\nquickstart: %s\n' "$*" >&2; exit 1; }

can_install() { [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; }

install_packages() {
  can_install || die "please install: $*"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need() { # COMMAND PACKAGE
  command -v "$1" >/dev/null || install_packages "$2"
}

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.11 /usr/bin/python3; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$name" && return
  done
  die "Python 3.11 or newer is needed"
}

install_topo() {
  local python
  python=$(find_python)
  "$python" -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
  [[ -x $venv/bin/pip ]] || "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --quiet --disable-pip-version-check --editable .
  "$venv/bin/topo" --version
}

answers() { # URL
  "$venv/bin/python" - "$1" 2>/dev/null <<'PYTHON'
import sys, docker
docker.DockerClient(base_url=sys.argv[1], timeout=5).ping()
PYTHON
}

of_context() { docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true; }

find_engine() {
  local url
  if "$engine" status "$private" >/dev/null 2>&1; then
    use_private_engine
    return
  fi
  for url in "${DOCKER_HOST:-}" "$(of_context)" unix:///var/run/docker.sock; do
    if [[ -z $url ]] || ! answers "$url"; then continue; fi
    [[ $url == unix://* ]] || die "the engine at $url is on another machine, where the example's files are not"
    command -v docker >/dev/null || die "please install the docker command, to look into containers"
    export DOCKER_HOST=$url
    echo "using the engine at $DOCKER_HOST"
    return
  done
  echo "no engine answers; starting a private one, apart from everything on this machine"
  use_private_engine
}

use_private_engine() {
  need dockerd docker.io
  need ip iproute2
  "$engine" start "$private" >/dev/null
  eval "$("$engine" env "$private")"
  unset DOCKER_CONTEXT
  inside=("$engine" exec "$private")
  echo "using the private engine at $DOCKER_HOST"
}

is_private() { ((${#inside[@]})); }

get_images() {
  local pull=()
  is_private || pull=(--pull) # the private engine has no way out
  # What cannot be pulled is made of packages, for which apt's index has to be there.
  if can_install && ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then apt-get update -qq; fi
  "$venv/bin/python" -m examples.lab.images --engine "$DOCKER_HOST" "${pull[@]}" \
    nginx:alpine postgres:15-alpine python:3.11-slim
}

container() { docker ps --quiet --filter label=topo.stack=three-tier --filter "label=topo.address=service.$1[1]"; }
address() { # SERVICE NETWORK
  docker inspect --format "{{(index .NetworkSettings.Networks \"three-tier_$2\").IPAddress}}" "$(container "$1")"
}

from_nginx() { # ADDRESS PORT
  docker exec "$(container nginx)" sh -c "nc -w 3 $1 $2 </dev/null" >/dev/null 2>&1
}
from_flaskapp() { # ADDRESS PORT
  docker exec "$(container flaskapp)" python -c "import socket; socket.create_connection(('$1', $2), 3)" 2>/dev/null
}

expect() { # yes|no WHAT COMMAND...
  local wanted=$1 what=$2 got=no
  shift 2
  ! "$@" || got=yes
  [[ $got == "$wanted" ]] || die "$what: $got, but it must be $wanted"
  echo "$what: $got"
}

section "Installing topo into .venv"
install_topo
need curl curl
PATH=$venv/bin:$PATH

section "Finding a Docker engine"
find_engine

section "Getting the images: nginx, postgres, python"
get_images
cd "$stack"

section "Who can reach whom, proved from the file alone"
show topo check

section "What apply would do"
show topo plan

section "Making it so"
show topo apply --yes

section "The page, through nginx and flaskapp from the database: the counter rises"
for _ in 1 2 3; do show "${inside[@]}" curl -fsS "http://localhost:$WEB_PORT/"; done

section "A second plan: nothing to do"
show topo plan --detailed-exitcode || die "topo plan ended with $?, but nothing should be left to do"

section "The claims, tried with real connections"
db=$(address db db_nw)
expect yes "nginx connects to flaskapp ($(address flaskapp web_nw):8000)" from_nginx "$(address flaskapp web_nw)" 8000
expect no "nginx connects to db ($db:5432)" from_nginx "$db" 5432
expect yes "flaskapp connects to db ($db:5432)" from_flaskapp "$db" 5432

section "Look around"
cat <<TEXT
  export DOCKER_HOST=$DOCKER_HOST PATH=$venv/bin:\$PATH
  cd $PWD
  topo status
  topo explain nginx db
  docker ps
TEXT
echo "  ${inside[*]:+${inside[*]} }curl http://localhost:$WEB_PORT/"

section "Remove everything"
echo "  topo destroy --yes --volumes"
echo "  docker image rm three-tier-flaskapp"
! is_private || echo "  $engine stop $private"
echo "  rm -rf $venv $TOPO_LAB"
