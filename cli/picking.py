"""Single fields of what a report tells, for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.faults import CommandError
from cli.render.document import plain
from cli.report.value import Value
from topology.nearest import asked


def value_at(path: str, whole: Any) -> Value:
    """What stands at `applied.by` and the like."""
    return Value(values=(_at(plain(whole), path.split(".")),))


def picked(path: str, things: Sequence[Any], *, also: Iterable[str] = ()) -> Value:
    """The same of each of these things; `also` are further names that could have been meant.

    Raises:
        CommandError: they have no such field.
    """
    plains = [plain(thing) for thing in things]
    name, *_ = steps = path.split(".")
    if plains and name not in plains[0]:
        raise CommandError(f"there is no field {name}", asked(name, (*plains[0], *also)))
    return Value(values=tuple(_at(one, steps) for one in plains))


def _at(document: Any, path: Sequence[str]) -> Any:
    """What stands at a path; None where that leads nowhere."""
    for step in path:
        document = document.get(step) if isinstance(document, Mapping) else None
    return document
