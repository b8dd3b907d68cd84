"""`topo status`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.report import Report
    from cli.report.status import Status
    from cli.report.value import Value

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


def status(options: StatusOptions, world: World) -> Report:
    """Show what runs, how it is, and how it drifted.

    Exits with 2 when something is missing, not well, or changed by somebody else. Only reads.
    """
    from cli.faults import CommandError
    from cli.options import Format
    from cli.surveying import about, looked
    from cli.wiring import loaded, watched

    if options.watch and options.format is Format.JSON:
        raise CommandError("--watch shows people how it is", "for programs there is: topo watch --report")
    read = loaded(options, world)

    def look() -> Status | Value:
        _, found = looked(read, watched(options, world, read.stack.engine), world)
        found = found if options.service is None else about(options.service, found)
        return found if options.field is None else _value(options.field, found)

    shown: Report = look()
    while options.watch:
        _draw(shown, options, world)
        shown = _looked_again(look)
    return shown


def _looked_again(look: Callable[[], Report]) -> Report:
    """What is seen now, or why nothing is: an engine that is started again is there in a moment."""
    from cli.faults import CommandError, told
    from reconciler.errors import EngineError

    try:
        return look()
    except (CommandError, EngineError) as error:
        if fault := told(error):
            return fault
        raise


def _value(path: str, found: Status) -> Value:
    """One field of each container, or of the whole.

    Raises:
        CommandError: there is no such field.
    """
    from cli.picking import picked, value_at

    of_all = [name for name in found.__struct_fields__ if name != "units"]
    if path.partition(".")[0] in of_all:
        return value_at(path, found)
    return picked(path, found.units, also=of_all)


def _draw(report: Report, options: StatusOptions, world: World) -> None:
    """Over what was there before, where that can be done."""
    from cli.show import show

    if world.stdout.isatty():
        print(_HOME_AND_CLEAR, end="", file=world.stdout)
    show(report, options, world)
    world.stdout.flush()
    time.sleep(_PAUSE)
