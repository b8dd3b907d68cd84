"""`topo network report`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import AttachmentLine, Attachments
    from cli.report.status import Status, UnitLine
    from cli.report.value import Value
    from reconciler.state import Desired


@dataclass(frozen=True, kw_only=True)
class ReportOptions(StackOptions, EngineOptions, OutputOptions):
    """The argument and flags of `topo network report`."""

    service: Annotated[
        str | None,
        typer.Argument(metavar="[SERVICE]", help="This service alone.", show_default=False),
    ] = None
    field: Annotated[
        str | None,
        typer.Option(
            "--field",
            metavar="NAME",
            help="Print this alone, a line for each container: wanted, joined, addresses.NETWORK, drift.",
        ),
    ] = None


def report(options: ReportOptions, world: World) -> Attachments | Value:
    """Show which networks the services are on, by which addresses, and which they should be on.

    Exits with 2 where the two differ.
    """
    from cli.picking import picked
    from cli.report.network import Attachments
    from cli.surveying import about, looked
    from cli.wiring import loaded, watched

    read = loaded(options, world)
    draft, found = looked(read, watched(options, world, read.stack.engine), world)
    found = found if options.service is None else about(options.service, found)
    lines = tuple(_line(unit, draft.desired, found) for unit in found.units)
    if options.field is not None:
        return picked(options.field, lines)
    return Attachments(stack=found.stack, containers=lines)


def _line(unit: UnitLine, desired: Desired, found: Status) -> AttachmentLine:
    from cli.report.network import AttachmentLine

    keys = {one.name: one.address.name for one in desired.networks.values()}
    want = next((one for at, one in desired.units.items() if str(at) == unit.address), None)
    drift = (line.field.name for line in found.drift if line.address == unit.address)
    return AttachmentLine(
        service=unit.service,
        replica=unit.replica,
        container=unit.container,
        wanted=tuple(keys.get(name, name) for name in (want.spec.get("networks", {}) if want else ())),
        joined=unit.networks if unit.id else (),
        addresses=unit.addresses,
        ports=unit.ports,
        drift=tuple(name for name in drift if name.startswith("networks.")),
    )
