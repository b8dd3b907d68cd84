"""`topo network ls`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.options import EngineOptions, OutputOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import Networks


@dataclass(frozen=True, kw_only=True)
class LsOptions(EngineOptions, OutputOptions):
    """The flags of `topo network ls`."""


def ls(options: LsOptions, world: World) -> Networks:
    """List the engine's networks, and whose they are. With -q only their names."""
    from cli.networking import line
    from cli.report.network import Networks
    from cli.wiring import watched

    seen = watched(options, world)
    return Networks(engine=seen.called, networks=tuple(map(line, seen.reader.networks())))
