"""`topo network info`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import NetworkInfo


@dataclass(frozen=True, kw_only=True)
class InfoOptions(EngineOptions, OutputOptions):
    """The argument and flags of `topo network info`."""

    network: Annotated[str, typer.Argument(metavar="NETWORK", help="By name or id.", show_default=False)]


def info(options: InfoOptions, world: World) -> NetworkInfo:
    """Show who is on a network, its addresses and options, and whose it is."""
    from cli.networking import found, line
    from cli.report.network import NetworkInfo
    from cli.wiring import watched

    return NetworkInfo(network=line(found(options.network, watched(options, world).reader)))
