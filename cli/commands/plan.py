"""`topo plan`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.plan import Plan


@dataclass(frozen=True, kw_only=True)
class PlanOptions(StackOptions, EngineOptions, OutputOptions):
    """The flags of `topo plan`."""

    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there is something to change.")
    ] = False
    steps: Annotated[
        bool, typer.Option("--steps", help="List every call to the engine, and what it waits for.")
    ] = False


def plan(options: PlanOptions, world: World) -> Plan:
    """Show what apply would change, and why.

    Field by field with its cause, in place or replaced, and who can reach whom afterwards. Only reads.
    """
    from cli.planning import draft
    from cli.wiring import loaded, watched

    read = loaded(options, world)
    seen = watched(options, world)
    report = draft(read, seen.reader, seen.called).report
    return replace(report, detailed=options.detailed_exitcode, show_steps=options.steps)
