"""`topo plan`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ChoosingOptions, EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.plan import Plan


@dataclass(frozen=True, kw_only=True)
class PlanOptions(StackOptions, ChoosingOptions, EngineOptions, OutputOptions):
    """The flags of `topo plan`."""

    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there is something to change.")
    ] = False
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Save the plan as well, for `topo apply FILE` to carry out.",
        ),
    ] = None
    steps: Annotated[
        bool, typer.Option("--steps", help="List every call to the engine, and what it waits for.")
    ] = False


def plan(options: PlanOptions, world: World) -> Plan:
    """Show what apply would change, and why.

    Field by field with its cause, in place or replaced, and who can reach whom afterwards. Only reads.
    """
    from cli.planning import choice_of, draft
    from cli.wiring import loaded, watched

    read = loaded(options, world)
    seen = watched(options, world)
    choice = choice_of(options, read, seen.reader)
    report = draft(read, seen.reader, seen.called, choice).report
    if options.output is not None:
        from cli.saved import save

        save(report, options, world)
    return replace(report, detailed=options.detailed_exitcode, show_steps=options.steps)
