"""One field of a change in words: what it is called, and what becomes what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.render.cells import visible
from cli.render.values import shown
from cli.render.words import listed
from cli.report.plan import FieldLine

_NETWORKS = "networks"
_CONTENTS = "contents."


def field_name(field: FieldLine, stack: str) -> str:
    """The field as the stack file calls it."""
    kind, dot, name = field.name.partition(".")
    is_network = dot and kind == _NETWORKS
    return visible(f"{kind}.{network_name(name, stack)}" if is_network else field.name)


def network_name(name: str, stack: str) -> str:
    """What the file calls a network, as far as its name on the engine tells."""
    return name.removeprefix(f"{stack}_")


def becomes(field: FieldLine) -> str:
    """What it is and what it will be."""
    if _is_membership(field):
        return "leaves" if field.new is None else f"joins{_known_as(field.new)}"
    if field.sensitive:
        was, will = field.old is not None, field.new is not None
        return f"(sensitive, {'changed' if was and will else 'added' if will else 'removed'})"
    if field.name.startswith(_CONTENTS):
        return _content(field)
    if field.old == field.new:
        return f"{shown(_leaf(field), field.new)}, made anew"
    old, new = _differing(field.old, field.new)
    return f"{shown(_leaf(field), old)} -> {shown(_leaf(field), new)}"


def _content(field: FieldLine) -> str:
    """A digest tells people nothing; mode and owner of a file that is copied in stand behind it."""
    if field.old is None or field.new is None:
        return "is a file now" if field.old is None else "is no file any more"
    old, new = (str(side).partition(" #")[0] for side in (field.old, field.new))
    (was, _, before), (now, _, after) = old.partition(" "), new.partition(" ")
    said = ["other content"] if was != now else []
    said += [f"{before or '0444'} -> {after or '0444'}"] if before != after else []
    return ", ".join(said)


def drifted(field: FieldLine) -> str:
    """What it is and what it should be."""
    if _is_membership(field):
        return "is not joined" if field.old is None else "is joined, and should not be"
    if field.sensitive:
        return "is another value than the stack's (sensitive, changed)"
    old, new = _differing(field.old, field.new)
    return f"is {shown(_leaf(field), old)}, should be {shown(_leaf(field), new)}"


def _is_membership(field: FieldLine) -> bool:
    return field.name.startswith(f"{_NETWORKS}.") and (field.old is None or field.new is None)


def _known_as(endpoint: Mapping[str, Any]) -> str:
    aliases = endpoint.get("aliases", ())
    return f" as {listed(map(visible, aliases))}" if aliases else ""


def _differing(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two mappings only the keys that differ, so that a change is not lost among what stays."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return old, new
    same = {key for key in old if key in new and old[key] == new[key]}
    return (
        {key: value for key, value in old.items() if key not in same},
        {key: value for key, value in new.items() if key not in same},
    )


def _leaf(field: FieldLine) -> str:
    return field.name.rpartition(".")[2]
