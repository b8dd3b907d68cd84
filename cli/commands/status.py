"""`topo status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.status import Status


@dataclass(frozen=True, kw_only=True)
class StatusOptions(StackOptions, EngineOptions, OutputOptions):
    """The flags of `topo status`."""


def status(options: StatusOptions, world: World) -> Status:
    """Show what runs, how it is, and how it drifted.

    Exits with 2 when something is missing, not well, or changed by somebody else. Only reads.
    """
    from cli.planning import draft
    from cli.report.surveyed import surveyed
    from cli.wiring import loaded, watched

    read = loaded(options, world)
    seen = watched(options, world)
    made = draft(read, seen.reader, seen.called)
    history = seen.reader.history(made.desired.stack, made.desired.owner) if made.observed.history else ()
    return surveyed(made, history, world.now())
