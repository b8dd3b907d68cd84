"""`topo network exists`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import Existence


@dataclass(frozen=True, kw_only=True)
class ExistsOptions(EngineOptions, OutputOptions):
    """The argument and flags of `topo network exists`."""

    network: Annotated[str, typer.Argument(metavar="NETWORK", help="Its name.", show_default=False)]


def exists(options: ExistsOptions, world: World) -> Existence:
    """Tell whether there is a network of this name: exit code 0 if there is, 2 if not."""
    from cli.report.network import Existence
    from cli.wiring import watched

    names = {one.name for one in watched(options, world).reader.networks()}
    return Existence(name=options.network, exists=options.network in names)
