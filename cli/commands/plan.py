"""`topo plan`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ChoosingOptions, EngineOptions, StackOptions
from cli.world import World
from topology.structs import replace

if TYPE_CHECKING:
    from cli.report.plan import Plan
    from cli.report.script import Script


class PlanFormat(enum.Enum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"
    SH = "sh"


@dataclass(frozen=True, kw_only=True)
class PlanOptions(StackOptions, ChoosingOptions, EngineOptions):
    """The flags of `topo plan`."""

    format: Annotated[
        PlanFormat,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="How to write it: text, json, or sh (the docker commands that would do the same).",
        ),
    ] = PlanFormat.TEXT

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


def plan(options: PlanOptions, world: World) -> Plan | Script:
    """Show what apply would change, and why.

    Field by field with its cause, in place or replaced, and who can reach whom afterwards. Only reads.
    """
    from cli.planning import choice_of, draft
    from cli.wiring import loaded, watched

    read = loaded(options, world)
    seen = watched(options, world, read.stack.engine)
    choice = choice_of(options, read, seen.reader)
    drafted = draft(read, seen.reader, seen.called, choice)
    report = drafted.report
    asked_registries = any(unit.renew is not None for unit in drafted.desired.units.values())
    if world.recording is not None and report.says_nothing and not asked_registries:
        world.recording.worth_keeping()
    if options.output is not None:
        from cli.saved import save

        save(report, options, world)
    if options.format is PlanFormat.SH:
        from cli.faults import CommandError
        from cli.script import script
        from reconciler.state import Granularity

        if drafted.observed.traits.granularity is not Granularity.CONTAINER:
            raise CommandError("what a Swarm is told cannot be written as docker commands yet", "try --steps")
        return replace(script(drafted, read.stack), detailed=options.detailed_exitcode)
    return replace(report, detailed=options.detailed_exitcode, show_steps=options.steps)
