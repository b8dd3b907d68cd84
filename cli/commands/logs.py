"""`topo logs`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.said import Said
    from reconciler.engines.console import Wanted
    from reconciler.engines.daemon import Json
    from reconciler.state import Desired


@dataclass(frozen=True, kw_only=True)
class LogsOptions(StackOptions, EngineOptions, OutputOptions):
    """The arguments and flags of `topo logs`."""

    services: Annotated[
        list[str],
        typer.Argument(
            metavar="[SERVICE]...",
            help="Only these; SERVICE[2] is one container.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    follow: Annotated[
        bool,
        typer.Option(
            "-f", "--follow", help="Go on with what comes, also from containers that are started later."
        ),
    ] = False
    files: Annotated[
        list[str],
        typer.Option("--file", metavar="FILE", help="A stack file, as -f is for other commands."),
    ] = field(default_factory=list)
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="From then on: 10m ago, or 2026-03-01T12:00:00Z."),
    ] = None
    tail: Annotated[
        int | None, typer.Option("-n", "--tail", metavar="N", min=0, help="Only the last lines of each.")
    ] = None
    timestamps: Annotated[bool, typer.Option("-t", "--timestamps", help="Say when it was printed.")] = False


def logs(options: LogsOptions, world: World) -> Said:
    """Show what the containers print, each line with the name of its container before it.

    With --format json each line is an object.
    """
    from cli.exits import Exit
    from cli.faults import CommandError
    from cli.joined_logs import Following, Printer, Reading
    from cli.networking import units_of
    from cli.report.said import Said
    from cli.wiring import console, loaded, watched
    from reconciler.expand import expand

    read = loaded(options, world)
    seen = watched(options, world, read.stack.engine)
    reader, events = seen.reader, seen.events() if options.follow else None
    desired = expand(read.stack, reader.traits, reader.contents(read.stack))
    if options.services:
        several = [units_of(desired, name, reader) for name in options.services]
        units = {unit.id: unit for some in several for unit in some}
    else:
        units = {unit.id: unit for unit in reader.observe(desired).units}
    if not units:
        raise CommandError(f"nothing of {desired.stack} is there", "topo apply makes it")
    names = {one: f"{unit.address.name}[{unit.address.replica}]" for one, unit in units.items()}
    wanted = _wanted(options, world)
    printer = Printer(
        names=names, options=options, world=world, timestamps=options.timestamps, at_once=options.follow
    )
    reading = Reading(console=console(options, world), tell=printer.unread)
    if events is None:
        lines = reading.all_lines(names, wanted)
    else:
        called = partial(_called, desired, options.services)
        lines = Following(reading=reading, names=names, wanted=wanted, events=events, called=called).lines()
    for line in lines:
        printer(line)
    return Said(code=Exit.FAILED if printer.silent >= units.keys() else Exit.DONE)


def _called(desired: Desired, services: Collection[str], event: Json) -> str | None:
    """How the container that an event tells of is called, if it is one of these services' in the stack."""
    from reconciler import address
    from reconciler.address import Address

    said = event["Actor"].get("Attributes") or {}
    at = Address.parse(said.get(address.ADDRESS, ""))
    if at is None or (said.get(address.STACK), said.get(address.OWNER)) != (desired.stack, desired.owner):
        return None
    name = f"{at.name}[{at.replica}]"
    return name if not services or {at.name, name} & set(services) else None


def _wanted(options: LogsOptions, world: World) -> Wanted:
    """Which part of the logs.

    Raises:
        CommandError: --since is no moment.
    """
    from datetime import UTC, datetime

    from cli.faults import CommandError
    from reconciler.engines.console import Wanted
    from topology import units
    from topology.units import Misfit

    since = None
    if options.since is not None:
        try:
            since = world.now().timestamp() - units.duration(options.since)
        except Misfit:
            try:
                moment = datetime.fromisoformat(options.since)
            except ValueError as error:
                raise CommandError(
                    f"--since {options.since} is no moment", "such as 10m or 2026-03-01T12:00:00Z"
                ) from error
            since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return Wanted(since=since, tail=options.tail, follow=options.follow)
