"""`topo network destroy`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit
from cli.options import EngineOptions, OutputOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import NetworkDone
    from reconciler.networks import Network


@dataclass(frozen=True, kw_only=True)
class DestroyOptions(EngineOptions, OutputOptions):
    """The argument and flags of `topo network destroy`."""

    network: Annotated[str, typer.Argument(metavar="NETWORK", help="By name or id.", show_default=False)]
    force: Annotated[bool, typer.Option("--force", help="Do it without asking.")] = False


def destroy(options: DestroyOptions, world: World) -> NetworkDone:
    """Remove a network that `topo network create` has made.

    Asks for its name first. Refuses with 3 while somebody is on it, and where it is not ours to remove.
    """
    from cli.confirm import confirm
    from cli.networking import found
    from cli.report.network import NetworkDone
    from cli.wiring import driven
    from reconciler import address
    from reconciler.steps import RemoveNetwork

    engine = driven(options, world).engine
    network = found(options.network, engine)
    _refuse_what_is_not_ours(network)
    if not options.force:
        confirm(f"Remove network {network.name}?", world, wanted=network.name)
    engine.run(RemoveNetwork(address=address.network(network.name), network=network.id, name=network.name))
    return NetworkDone(network=network.name, text=f"removed {network.name}")


def _refuse_what_is_not_ours(network: Network) -> None:
    """Raises:
    CommandError: it belongs to somebody else, or somebody is on it.
    """
    from cli.faults import CommandError

    name = network.name
    if network.stack:
        raise CommandError(
            f"{name} belongs to stack {network.stack}",
            "take it out of the stack file and apply that, or: topo destroy",
            code=Exit.REFUSED,
        )
    if not network.by_hand:
        raise CommandError(
            f"{name} was not made by topo ({network.owner})", f"docker network rm {name}", code=Exit.REFUSED
        )
    if network.members:
        who = ", ".join(one.name for one in network.members)
        raise CommandError(f"{name} is in use: {who}", "take them off it first", code=Exit.REFUSED)
