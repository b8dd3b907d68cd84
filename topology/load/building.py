"""A build as it is written → as the models hold it, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator

from topology.codes import NOT_USED
from topology.load import environment
from topology.load.context import Context
from topology.load.unapplied import unused
from topology.load.words import note, quoted, span_of
from topology.mounts import is_remote
from topology.source import Map, Seq, Text, Value


def spread(value: Value, context: Context) -> Value:
    """Arguments without a value take it from the environment, and `~` is the user's home folder."""
    home = context.variables.get("HOME", "~")
    if not isinstance(value, Map):
        return _at_home(value, home)
    _tell(value, context)
    made: dict[str, Value] = {}
    for key, said in value.items():
        if key == "args" and isinstance(said, Map | Seq):
            made[key] = environment.resolved(said, context.variables)
        elif key in ("additional_contexts", "ssh"):
            made[key] = _places(said, home)
        else:
            made[key] = _at_home(said, home) if key == "context" else said
    return Map.of(made, value.at)


def _places(value: Value, home: str) -> Value:
    """NAME=PLACE lines and mappings alike."""
    if isinstance(value, Seq) and all(isinstance(item, Text) for item in value):
        value = Map.of(dict(environment.pair(item) for item in value if isinstance(item, Text)), value.at)
    if not isinstance(value, Map):
        return value
    return Map.of({name: _at_home(place, home) for name, place in value.items()}, value.at)


def _at_home(value: Value, home: str) -> Value:
    if isinstance(value, Text) and (value == "~" or value.startswith("~/")):
        return Text.of(home + value[1:], value.at)
    return value


def _tell(build: Map, context: Context) -> None:
    """What of a build nobody is asked for, and what of it nobody looks at."""
    platforms = build.get("platforms")
    if isinstance(platforms, Seq) and len(platforms) > 1:
        label = "an image is built for the engine that runs it"
        at = next(key for key in build if key == "platforms")
        context.findings.append(unused("more than one platform of a build", span_of(at), label=label))
    for secret in _listed(build.get("secrets")):
        for key in secret if isinstance(secret, Map) else ():
            if key in ("uid", "gid", "mode"):
                label = "the Dockerfile says it: --mount=type=secret,id=…,mode=…"
                context.findings.append(unused(f'"{key}" of a build\'s secret', span_of(key), label=label))
    for place in _fetched(build):
        message = f"what changes at {quoted(place)} is not seen"
        label = "it is built again when the build itself is changed here"
        context.findings.append(note(NOT_USED, message, label=label, span=span_of(place)))


def _fetched(build: Map) -> Iterator[Text]:
    """The places that the builder fetches by itself."""
    contexts = _places(build.get("additional_contexts"), "~")
    for place in (build.get("context"), *(contexts.values() if isinstance(contexts, Map) else ())):
        if isinstance(place, Text) and is_remote(place) and not place.startswith("docker-image://"):
            yield place


def _listed(value: Value) -> Seq:
    return value if isinstance(value, Seq) else Seq()
