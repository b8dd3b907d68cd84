"""Compose's fields that are understood but not applied yet: named once, never silently dropped."""

from __future__ import annotations

from topology.codes import NOT_USED
from topology.findings import Finding, Path, Span
from topology.load.context import Context
from topology.load.words import name_of, note, quoted, span_of
from topology.models import Build
from topology.mounts import is_image, is_remote
from topology.source import Map, Seq, Text, Value

SERVICE = frozenset(
    (
        "attach", "cpu_count", "cpu_percent", "credential_spec", "develop", "gpus", "models",
        "post_start", "pre_stop", "provider", "use_api_socket",
    )
)  # fmt: skip
MOUNTS = frozenset(("cluster", "image", "npipe"))
"""Types of mounts that Compose takes and that topo does not apply."""

_OF_MOUNTS = {"bind": ("recursive",), "volume": ("labels", "subpath")}

STACK = frozenset(("models",))


def set_aside(said: Map, path: Path, context: Context) -> None:
    """Takes out what cannot be applied and says so."""
    known = SERVICE if path else STACK
    for key in [key for key in said if key in known]:
        if said.pop(key):
            context.findings.append(unused(f'"{key}" of {name_of(path)}', span_of(key)))


def note_build(build: Map, context: Context) -> None:
    """Says which parts of a build the classic builder cannot do."""
    for key, said in build.items():
        if said and (key in Build.also or _only_buildkit(key, said)):
            context.findings.append(
                unused(f'"{key}" of a build', span_of(key), label="only BuildKit can do it")
            )
    place = build.get("context")
    if isinstance(place, Text) and is_remote(place):
        message = f"what changes at {quoted(place)} is not seen"
        label = "it is built again when the build itself is changed here"
        context.findings.append(note(NOT_USED, message, label=label, span=span_of(place)))


def _only_buildkit(key: str, said: Value) -> bool:
    """Images of several platforms at once, and caches that are no images."""
    match key, said:
        case "platforms", Seq():
            return len(said) > 1
        case "cache_from", Seq():
            return any(isinstance(item, Text) and not is_image(item) for item in said)
    return False


def note_mount(mount: Map, context: Context) -> None:
    """Says what of a mount in long form no engine is asked for."""
    for kind, keys in _OF_MOUNTS.items():
        said = mount.get(kind)
        for key, value in said.items() if isinstance(said, Map) else ():
            if key in keys and value:
                context.findings.append(unused(f"{kind}.{key} of a mount", span_of(key)))


def unused(what: str, span: Span | None, label: str = "the rest of the file is") -> Finding:
    """The note about something that is understood and not applied."""
    return note(NOT_USED, f"{what} is not applied", label=label, span=span)
