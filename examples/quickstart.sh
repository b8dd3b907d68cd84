#!/bin/bash
# From a fresh Debian with Python 3.11 and git to a running stack: examples/quickstart.sh [EXAMPLE]
#
# EXAMPLE is a folder here that has a try.sh (default three-tier): that says which images the example needs, and shows
# what it is about once it runs.
#
# It uses the Docker engine that answers: DOCKER_HOST, else the docker context, else the usual socket. Where none
# does, and it runs as root on Debian, it installs docker.io and starts an engine of its own in namespaces of its
# own. Run it as often as you like: what is there already is used.
#
# WEB_PORT is the port of the page; without it 8080, or the next that no other stack has.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# What is made on the way: images, and for root the private engine.
[[ $(id -u) == 0 ]] && lab=/var/tmp/topo-lab || lab=${XDG_CACHE_HOME:-$HOME/.cache}/topo-lab
export TOPO_LAB=${TOPO_LAB:-$lab}
private=quick
engine=$PWD/examples/lab/engine.sh
example=${1:-three-tier}
stack=$PWD/examples/$example
venv=$PWD/.venv
inside=() # what to put before a command so that it finds published ports on localhost
unset PYTHONDONTWRITEBYTECODE # each program would start slowly

# An example's try.sh may say otherwise, and says which images are needed and what is shown.
project=$example files=() images=() page=

section() { printf '\n== %s\n' "$*"; }
show() { printf '$' && printf ' %q' "$@" && echo && "$@"; }
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
  ENGINE_MIRROR=$TOPO_LAB/images/mirror "$engine" start "$private" >/dev/null
  eval "$("$engine" env "$private")"
  unset DOCKER_CONTEXT
  inside=("$engine" exec "$private")
  echo "using the private engine at $DOCKER_HOST"
}

find_port() {
  export WEB_PORT=${WEB_PORT:-}
  [[ -z $WEB_PORT ]] || return 0
  WEB_PORT=8080
  while docker ps --filter "publish=$WEB_PORT" --format '{{.Label "topo.stack"}}' | grep -qvxF "$project"; do
    WEB_PORT=$((WEB_PORT + 10))
  done
}

is_private() { ((${#inside[@]})); }

get_images() {
  local make=("$venv/bin/python" -m examples.lab.images)
  # What cannot be pulled is made of packages, for which apt's index has to be there.
  if can_install && ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then apt-get update -qq; fi
  if is_private; then
    echo "made of Debian packages; the engine has no way out, so it will pull them from a mirror on this machine"
    "${make[@]}" --mirror "${images[@]}" >/dev/null
  else
    "${make[@]}" --engine "$DOCKER_HOST" --pull "${images[@]}"
  fi
}

# For an example's try.sh: what runs, and what can be opened from there.
container() { docker ps --quiet --filter "label=topo.stack=$project" --filter "label=topo.address=service.$1[1]"; }
address() { # SERVICE NETWORK
  docker inspect --format "{{(index .NetworkSettings.Networks \"${project}_$2\").IPAddress}}" "$(container "$1")"
}
by_nc() { # SERVICE ADDRESS PORT
  docker exec "$(container "$1")" sh -c "nc -w 3 $2 $3 </dev/null" >/dev/null 2>&1
}
by_python() { # SERVICE ADDRESS PORT
  docker exec "$(container "$1")" python -c "import socket; socket.create_connection(('$2', $3), 3)" 2>/dev/null
}
get() { show "${inside[@]}" curl -fsS "$@"; }

expect() { # yes|no WHAT COMMAND...
  local wanted=$1 what=$2 got=no
  shift 2
  ! "$@" || got=yes
  [[ $got == "$wanted" ]] || die "$what: $got, but it must be $wanted"
  echo "$what: $got"
}

if [[ ! -f $stack/try.sh ]]; then
  there=("${stack%/*}"/*/try.sh)
  there=("${there[@]%/try.sh}")
  die "there is no example $example; there are ${there[*]##*/}"
fi
# shellcheck source=/dev/null
. "$stack/try.sh"

section "Installing topo into .venv"
install_topo
need curl curl
PATH=$venv/bin:$PATH

section "Finding a Docker engine"
find_engine
find_port

section "Getting the images: ${images[*]}"
get_images
cd "$stack"

section "Who can reach whom, proved from the file alone"
show topo check "${files[@]}"

section "What apply would do"
show topo plan "${files[@]}"

section "Making it so"
show topo apply --yes "${files[@]}"

try_it

section "A second plan: nothing to do"
show topo plan --detailed-exitcode "${files[@]}" || die "topo plan ended with $?, but nothing should be left to do"

section "Look around"
cat <<TEXT
  export DOCKER_HOST=$DOCKER_HOST PATH=$venv/bin:\$PATH WEB_PORT=$WEB_PORT
  cd $PWD
  topo status${files[*]:+ ${files[*]}}
  topo matrix${files[*]:+ ${files[*]}}
  docker ps
TEXT
[[ ! -f README.md ]] || echo "  less README.md"
echo "  ${inside[*]:+${inside[*]} }curl http://localhost:$WEB_PORT/$page"

section "Remove everything"
echo "  topo destroy --yes --volumes${files[*]:+ ${files[*]}}"
! is_private || echo "  $engine stop $private"
echo "  rm -rf $venv $TOPO_LAB"
