"""`topo network connect`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import NetworkDone

TEMPORARY = "this is drift until the stack file says so: status shows it, apply and watch take it back"


@dataclass(frozen=True, kw_only=True)
class ConnectOptions(StackOptions, EngineOptions, OutputOptions):
    """The arguments and flags of `topo network connect`."""

    network: Annotated[
        str, typer.Argument(metavar="NETWORK", help="As the file or the engine calls it.", show_default=False)
    ]
    service: Annotated[
        str,
        typer.Argument(metavar="SERVICE", help="All its containers; SERVICE[2] is one.", show_default=False),
    ]
    aliases: Annotated[
        list[str],
        typer.Option("--alias", metavar="NAME", help="A further name for it there. May be repeated."),
    ] = field(default_factory=list)
    ip: Annotated[str | None, typer.Option("--ip", metavar="IP", help="Its address there.")] = None


def connect(options: ConnectOptions, world: World) -> NetworkDone:
    """Put the containers of a service on a network, for the time being."""
    import ipaddress

    from cli.faults import CommandError
    from cli.locking import held
    from cli.networking import meant
    from cli.report.network import NetworkDone
    from cli.wiring import driven, loaded
    from reconciler.fields import endpoints
    from reconciler.steps import ConnectNetwork

    read = loaded(options, world)
    engine = driven(options, world, read.stack.engine).engine
    with held(engine, read.stack.name, "network connect", world):
        here = meant(read, options.network, options.service, engine)
        on = {one.id for one in here.network.members}
        if there := [unit.name for unit in here.units if unit.id in on]:
            raise CommandError(f"{', '.join(there)}: on {here.network.name} already")
        said: dict[str, object] = {"aliases": [*options.aliases]}
        if options.ip is not None:
            try:
                said[f"ipv{ipaddress.ip_address(options.ip).version}_address"] = options.ip
            except ValueError as error:
                raise CommandError(f"--ip {error}") from error
            if len(here.units) > 1:
                raise CommandError("--ip is for one container", f"such as {options.service}[1]")
        for unit in here.units:
            endpoint = endpoints.settings(said | {"aliases": [unit.address.name, *options.aliases]})
            engine.run(
                ConnectNetwork(
                    address=unit.address, container=unit.id, network=here.network.name, endpoint=endpoint
                )
            )
    names = tuple(unit.name for unit in here.units)
    text = f"{', '.join(names)}: on {here.network.name} now"
    return NetworkDone(network=here.network.name, text=text, containers=names, hint=TEMPORARY)
