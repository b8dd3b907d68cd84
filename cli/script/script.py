"""A draft → a script: each step's commands, in an order in which they can be carried out one by one."""

from __future__ import annotations

from typing import Final

from cli.planning import Draft
from cli.render.steps import said
from cli.report.planned import names_of
from cli.report.script import Commands, Script
from cli.script.asked import Asked
from cli.script.commands import Writing, commands
from cli.script.files import Places
from topology.models import Stack

_STATE: Final = """\
# state CONTAINER: what it is doing
state() { docker inspect --format '{{.State.Status}}' "$1"; }"""

_UP: Final = """\
# up CONTAINER SECONDS WATCHED: waits until it is healthy, or runs and has no check; then it must stay so
up() {
    left=$2 watched=$3
    while :; do
        now=$(docker inspect --format '{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}' "$1")
        case $now in
            "running " | "running healthy" | "running none")
                [ "$watched" -gt 0 ] || return 0
                watched=$((watched - 1)) ;;
            exited* | dead* | *unhealthy) break ;;
            *)
                [ "$left" -gt 0 ] || break
                left=$((left - 1)) ;;
        esac
        sleep 1
    done
    echo "$1 is $now" >&2
    docker logs --tail 5 "$1" >&2
    return 1
}"""

_READY: Final = """\
# ready SECONDS COMMAND...: tries until it succeeds
ready() {
    left=$1
    shift
    until "$@" > /dev/null 2>&1; do
        [ "$left" -gt 0 ] || { echo "not ready: $*" >&2; return 1; }
        left=$((left - 1))
        sleep 1
    done
}"""

_PUT: Final = """\
# put CONTAINER FILE MODE OWNER: what comes in, as a file in a container; needs GNU tar
put() {
    folder=$(mktemp -d)
    mkdir -p "$folder/root${2%/*}"
    cat > "$folder/root$2"
    tar -C "$folder/root" --mode="$3" --owner="${4%:*}" --group="${4#*:}" --numeric-owner \\
        -cf "$folder/tar" "${2#/}"
    docker cp - "$1:/" < "$folder/tar"
    rm -r "$folder"
}"""

_FUNCTIONS: Final = {"state ": _STATE, "up ": _UP, "ready ": _READY, "put ": _PUT}


def script(draft: Draft, stack: Stack) -> Script:
    """What a draft would do, in docker commands."""
    asked = Asked()
    writing = Writing(asked=asked, places=Places(stack), called=names_of(draft.plan))
    written = tuple(
        Commands(title=said(step, writing.called), lines=commands(step, writing))
        for step in draft.plan.steps
        if not draft.plan.obstacles
    )
    text = "\n".join(line for each in written for line in each.lines)
    return Script(
        stack=draft.report.stack,
        engine=draft.report.engine,
        asks=tuple(asked),
        functions=tuple(each for name, each in _FUNCTIONS.items() if name in text),
        commands=written,
        obstacles=draft.report.obstacles,
    )
