"""Compose's fields that are understood but not applied yet: named once, never silently dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from topology.codes import NOT_USED
from topology.findings import Finding, Path, Span
from topology.load.context import Context
from topology.load.words import name_of, note, span_of
from topology.models import Content
from topology.source import Map, Seq, Value

SERVICE = frozenset(
    (
        "attach", "cpu_count", "cpu_percent", "credential_spec", "develop", "gpus", "models",
        "post_start", "pre_stop", "provider", "use_api_socket",
    )
)  # fmt: skip
MOUNTS = frozenset(("cluster", "image", "npipe"))
"""Types of mounts that Compose takes and that topo does not apply."""

STACK = frozenset(("models",))

_BELOW_SERVICE: tuple[Path, ...] = (
    ("networks", "*", "priority"),
    ("volumes", "*", "bind", "recursive"),
    ("volumes", "*", "volume", "subpath"),
    ("volumes", "*", "volume", "labels"),
)
_BELOW_STACK: tuple[Path, ...] = tuple(
    (kind, "*", key) for kind in ("secrets", "configs") for key in sorted(Content.also)
)
"""Where the models take something that no engine is asked for; `*` stands for each entry."""


def set_aside(said: Map, path: Path, context: Context) -> None:
    """Takes out what cannot be applied and says so."""
    known, below = (SERVICE, _BELOW_SERVICE) if path else (STACK, _BELOW_STACK)
    for key in [key for key in said if key in known]:
        if said.pop(key):
            context.findings.append(unused(f'"{key}" of {name_of(path)}', span_of(key)))
    for pattern in below:
        for where, key in _found(said, pattern):
            context.findings.append(unused(name_of((*path, *where)), span_of(key)))


def _found(said: Value, pattern: Path) -> Iterator[tuple[Path, str]]:
    """The paths in `said` that fit, each with its last key."""
    first, *rest = pattern
    items: Iterable[tuple[str | int, Value]] = ()
    if isinstance(said, Map):
        items = ((key, value) for key, value in said.items() if first in ("*", key))
    elif isinstance(said, Seq) and first == "*":
        items = enumerate(said)
    for key, value in items:
        if rest:
            yield from (((key, *where), last) for where, last in _found(value, tuple(rest)))
        elif value and isinstance(key, str):
            yield (key,), key


def note_addresses(service: Map, path: Path, context: Context) -> None:
    """A container has one hardware address of our choosing, which is asked for where it is made."""
    networks = service.get("networks")
    if isinstance(networks, Map) and len(networks) > 1:
        for where, key in _found(networks, ("*", "mac_address")):
            label = "only where a service is on one network"
            context.findings.append(unused(name_of((*path, "networks", *where)), span_of(key), label=label))


def note_networks(networks: Value, context: Context) -> None:
    """Every network has IPv4."""
    for where, key in _found(networks, ("*", "enable_ipv4")):
        said = networks[str(where[0])] if isinstance(networks, Map) else None
        if isinstance(said, Map) and said[key] != "true":
            context.findings.append(unused(name_of(("networks", *where)), span_of(key)))


def unused(what: str, span: Span | None, label: str = "the rest of the file is") -> Finding:
    """The note about something that is understood and not applied."""
    return note(NOT_USED, f"{what} is not applied", label=label, span=span)
