#!/bin/bash
# Everything from nothing: tools, environment, private engines, linters, types, import contracts, tests.
#
#   tests/run.sh [--engines old,new|all|old|mid|new|none] [--lint|--tests] [-- PYTEST ARGUMENTS]
#
# Needs Python 3.11, and for engines root on Debian or its like. Each engine lives in namespaces of its own: on
# the machine only missing packages are installed, and the folder TOPO_LAB is used (/var/tmp/topo-lab for root,
# else ~/.cache/topo-lab), where roots, images and environments are kept for the next run. The engines are
# stopped at the end.
# With CI or TOPO_REQUIRE_ENGINES set, a test that finds no engine fails instead of being skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

[[ $(id -u) == 0 ]] && lab=/var/tmp/topo-lab || lab=${XDG_CACHE_HOME:-$HOME/.cache}/topo-lab
export TOPO_LAB=${TOPO_LAB:-$lab}
engine=examples/lab/engine.sh
engines=old,new
lint=yes
tests=yes
started=()
failed=()

# One environment for each checkout, for it holds the path of the sources.
venv=$TOPO_LAB/venvs/$(pwd | sha256sum | cut -c1-12)
listing=$TOPO_LAB/tests-$$.json

unset PYTHONDONTWRITEBYTECODE                     # each of the many programs would start slowly
export DOCKER_HOST=unix://$TOPO_LAB/not-an-engine # no test may meet the machine's own engine by accident
unset DOCKER_CONTEXT

say() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }
die() { echo "tests/run.sh: $*" >&2; exit 1; }
usage() { sed -n 's/^#   //p' "$0" >&2; exit 64; }

read_arguments() {
  while (($#)); do
    case $1 in
    --engines) engines=${2:?} && shift ;;
    --lint) tests='' ;;
    --tests) lint='' ;;
    --) break ;;
    *) usage ;;
    esac
    shift
  done
  case $engines in
  all) engines=old,mid,new ;;
  none) engines='' ;;
  esac
  pytest_arguments=("${@:2}")
}

as_root() { [[ $(id -u) == 0 ]] || die "$1 needs root; without it there is --engines none"; }

install_packages() {
  as_root "installing $*"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_tools() {
  local missing=() pair
  for pair in curl=curl ip=iproute2 debootstrap=debootstrap; do
    command -v "${pair%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  # The images are made of packages, so apt's index has to be there as well.
  if ((${#missing[@]})) || ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    install_packages ca-certificates "${missing[@]}"
  fi
}

# Without root, tests that need a browser are skipped where there is none.
install_browser() {
  if [[ $(id -u) == 0 ]] && ! command -v chromium >/dev/null; then install_packages chromium fonts-dejavu-core; fi
}

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.11 /usr/bin/python3; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$name" && return
  done
  die "Python 3.11 or newer is needed"
}

# pip is asked only when the project or the Python has changed.
make_environment() {
  local python wanted
  python=$(find_python)
  wanted=$({ "$python" -VV && cat pyproject.toml; } | sha256sum)
  [[ $(cat "$venv/made-for" 2>/dev/null) != "$wanted" ]] || return 0
  "$python" -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
  echo "$wanted" >"$venv/made-for"
}

declare -A suite_of=([old]=bookworm [mid]=trixie [new]=forky) # Debian releases
declare -A release_of=([old]=20.10 [mid]=26.1 [new]=28.5)     # and the engines in them

# The machine's own dockerd does if it is of the release; that saves making a root.
root_for() {
  dockerd --version 2>/dev/null | grep -q "version ${release_of[$1]}\." ||
    examples/lab/root.sh "${suite_of[$1]}"
}

# Making a root takes most of a minute, so they are made side by side; and so is the docker command for BuildKit.
make_roots() {
  local which pid pids=()
  examples/lab/docker.sh >/dev/null &
  pids+=($!)
  for which in ${engines//,/ }; do
    [[ ${suite_of[$which]:-} ]] || usage
    root_for "$which" >/dev/null &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
}

# Engines write much and keep nothing. In memory they do not wait for each other's writes to one disk, where
# creating a container took up to a minute while the nodes of a Swarm got their images.
use_memory() {
  local free
  free=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  ((free < 12)) || export ENGINE_MEMORY=${ENGINE_MEMORY-4g}
}

start_engine() {
  local name=t${release_of[$1]%.*}-$$ root
  root=$(root_for "$1")
  started+=("$name")
  # Room for more networks than the thirty or so that an engine has addresses for by itself.
  ENGINE_OS=$root "$engine" start "$name" --default-address-pool base=10.128.0.0/9,size=24 >/dev/null
  "$venv/bin/python" -m examples.lab.images --engine "unix://$TOPO_LAB/engines/$name/docker.sock" >/dev/null
}

start_engines() {
  local which name described=()
  as_root "a private engine"
  install_tools
  make_roots
  use_memory
  for which in ${engines//,/ }; do start_engine "$which"; done
  for name in "${started[@]}"; do
    described+=("$("$engine" describe "$name")")
    echo "${described[-1]}"
  done
  (IFS=, && printf '{"engines": [%s]}\n' "${described[*]}") >"$listing"
  export TOPO_TEST_LAB=$listing
}

stop_engines() {
  local name
  for name in "${started[@]}"; do "$engine" stop "$name" || true; done
  rm -f "$listing"
}

# A run that was killed could not stop its engines; its pid is in their names.
stop_forgotten_engines() {
  local folder
  for folder in "$TOPO_LAB"/engines/t2[0-9]-*/; do
    folder=${folder%/}
    [[ ! -d $folder || -d /proc/${folder##*-} ]] || "$engine" stop "${folder##*/}"
  done
}

run() { # a check whose failure does not keep the others from being seen
  say "$*"
  PATH=$venv/bin:$PATH "$@" || failed+=("$1")
}

read_arguments "$@"
mkdir -p "$TOPO_LAB"
trap stop_engines EXIT
trap 'exit 130' INT TERM

say "environment"
make_environment

if [[ $lint ]]; then
  run ruff check
  run ruff format --check
  run mypy --strict topology reconciler cli examples/lab tests
  run lint-imports
fi

if [[ $tests ]]; then
  install_browser
  if [[ $engines ]]; then
    say "engines: $engines"
    stop_forgotten_engines
    start_engines
  fi
  # Several at a time: on two cores, much of a test on an engine is waiting, and those of a Swarm wait for each
  # other. Who is done takes from the others; the last -n counts. While the networks of a Swarm come and go, an
  # engine of 20.10 that makes a container spins in the kernel (it writes disable_ipv6, for which the lock of all
  # networks is tried again and again) until both starve: so a Swarm runs beside what needs no engine.
  if ((${#pytest_arguments[@]})); then
    run pytest -n 3 --dist worksteal --durations=25 "${pytest_arguments[@]}"
  else
    run pytest -n 4 --dist worksteal --durations=10 -m 'swarm or not docker'
    run pytest -n 3 --dist worksteal --durations=20 -m 'docker and not swarm'
  fi
fi

say "done"
((${#failed[@]} == 0)) || die "failed: ${failed[*]}"
