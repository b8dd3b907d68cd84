"""`topo network disconnect`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.network.connect import TEMPORARY
from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import NetworkDone


@dataclass(frozen=True, kw_only=True)
class DisconnectOptions(StackOptions, EngineOptions, OutputOptions):
    """The arguments and flags of `topo network disconnect`."""

    network: Annotated[
        str, typer.Argument(metavar="NETWORK", help="As the file or the engine calls it.", show_default=False)
    ]
    service: Annotated[
        str,
        typer.Argument(metavar="SERVICE", help="All its containers; SERVICE[2] is one.", show_default=False),
    ]


def disconnect(options: DisconnectOptions, world: World) -> NetworkDone:
    """Take the containers of a service off a network, for the time being."""
    from cli.faults import CommandError
    from cli.locking import held
    from cli.networking import meant
    from cli.report.network import NetworkDone
    from cli.wiring import driven, loaded
    from reconciler.steps import DisconnectNetwork

    read = loaded(options, world)
    engine = driven(options, world, read.stack.engine).engine
    with held(engine, read.stack.name, "network disconnect", world):
        here = meant(read, options.network, options.service, engine)
        on = {one.id for one in here.network.members}
        units = [unit for unit in here.units if unit.id in on]
        if not units:
            raise CommandError(f"no container of {options.service} is on {here.network.name}")
        for unit in units:
            engine.run(DisconnectNetwork(address=unit.address, container=unit.id, network=here.network.name))
    names = tuple(unit.name for unit in units)
    text = f"{', '.join(names)}: off {here.network.name} now"
    return NetworkDone(network=here.network.name, text=text, containers=names, hint=TEMPORARY)
