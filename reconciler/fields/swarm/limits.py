"""Rows for what a task may use, and what a node has to have left for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from reconciler.fields.limits import NANO
from reconciler.fields.row import Body, Field
from reconciler.fields.swarm.row import Part, key, task


def _resources(kind: str) -> Part:
    def part(body: Body) -> Body:
        found: Body = task(body).setdefault("Resources", {}).setdefault(kind, {})
        return found

    return part


_LIMITS: Final = _resources("Limits")
_RESERVED: Final = _resources("Reservations")
_TO_NANO: Final[Callable[[Any], Any]] = lambda value: round(value * NANO)  # noqa: E731  # a value of a table
_FROM_NANO: Final[Callable[[Any], Any]] = lambda value: value / NANO  # noqa: E731  # a value of a table

LIMITS: Final[tuple[Field, ...]] = (
    key(_LIMITS, "cpus", "NanoCPUs", encode=_TO_NANO, decode=_FROM_NANO),
    key(_LIMITS, "mem_limit", "MemoryBytes"),
    key(_LIMITS, "pids_limit", "Pids", decode=lambda value: value if value > 0 else None),
    key(_RESERVED, "cpus_reserved", "NanoCPUs", encode=_TO_NANO, decode=_FROM_NANO),
    key(_RESERVED, "mem_reservation", "MemoryBytes"),
)
