"""`topo status`."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.status import Status
    from cli.report.value import Value
    from cli.wiring import Watched
    from topology.load import Loaded

_PAUSE = 2.0
_HOME_AND_CLEAR = "\x1b[H\x1b[J"


@dataclass(frozen=True, kw_only=True)
class StatusOptions(StackOptions, EngineOptions, OutputOptions):
    """The argument and flags of `topo status`."""

    service: Annotated[
        str | None,
        typer.Argument(
            metavar="[SERVICE]",
            help="Only the containers of this service; SERVICE[2] is one of them.",
            show_default=False,
        ),
    ] = None
    field: Annotated[
        str | None,
        typer.Option(
            "--field",
            metavar="NAME",
            help="Print this field alone, a line for each container: status, health, ports, "
            "addresses.NETWORK and whatever else --format json has; or applied.by and the like.",
        ),
    ] = None
    watch: Annotated[bool, typer.Option("--watch", help="Show it again every two seconds.")] = False


def status(options: StatusOptions, world: World) -> Status | Value:
    """Show what runs, how it is, and how it drifted.

    Exits with 2 when something is missing, not well, or changed by somebody else. Only reads.
    """
    from cli.faults import CommandError
    from cli.options import Format
    from cli.wiring import loaded, watched

    if options.watch and options.format is Format.JSON:
        raise CommandError("--watch shows people how it is", "for programs there is: topo watch --report")
    read = loaded(options, world)
    seen = watched(options, world, read.stack.engine)
    while True:
        found = _surveyed(options, read, seen, world)
        shown = found if options.field is None else _value(options.field, found)
        if not options.watch:
            return shown
        _draw(shown, options, world)


def _surveyed(options: StatusOptions, read: Loaded, seen: Watched, world: World) -> Status:
    from cli.planning import draft
    from cli.report.surveyed import surveyed
    from reconciler.state import Granularity
    from reconciler.survey import Survey

    made = draft(read, seen.reader, seen.called)
    history = seen.reader.history(made.desired.stack, made.desired.owner) if made.observed.history else ()
    traits = seen.reader.traits
    is_single = traits.granularity is Granularity.CONTAINER
    survey = seen.reader.survey(made.desired) if is_single else Survey(traits=traits)
    found = surveyed(made, history, survey, world.now())
    return found if options.service is None else _of(options.service, found)


def _of(name: str, found: Status) -> Status:
    """What concerns one service, or one of its containers.

    Raises:
        CommandError: there is none of that name.
    """
    from cli.faults import CommandError
    from topology.nearest import asked

    def means(address: str) -> bool:
        return address == f"service.{name}" or address.startswith(f"service.{name}[")

    units = tuple(unit for unit in found.units if name in {f"{unit.service}[{unit.replica}]", unit.service})
    if not units:
        known = {unit.service for unit in found.units}
        raise CommandError(f"there is no service {name} in {found.stack}", asked(name, known))
    return replace(
        found,
        units=units,
        drift=tuple(line for line in found.drift if means(line.address)),
        missing=tuple(address for address in found.missing if means(address)),
        pending=tuple(change for change in found.pending if means(change.address)),
        obstacles=tuple(one for one in found.obstacles if means(one.address)),
    )


def _value(name: str, found: Status) -> Value:
    """One field of each container, or of the whole.

    Raises:
        CommandError: there is no such field.
    """
    from cli.faults import CommandError
    from cli.render.document import plain
    from cli.report.value import Value, at
    from topology.nearest import asked

    whole = plain(found)
    units = whole.pop("units")
    path = name.split(".")
    if path[0] in whole:
        return Value(values=(at(whole, path),))
    known = [*(units[0] if units else ()), *whole]
    if units and path[0] not in units[0]:
        raise CommandError(f"there is no field {path[0]}", asked(path[0], known))
    return Value(values=tuple(at(unit, path) for unit in units))


def _draw(report: Status | Value, options: StatusOptions, world: World) -> None:
    """Over what was there before, where that can be done."""
    from cli.show import show

    if world.stdout.isatty():
        print(_HOME_AND_CLEAR, end="", file=world.stdout)
    show(report, options, world)
    world.stdout.flush()
    time.sleep(_PAUSE)
