"""`topo network create`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import EngineOptions, OutputOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import NetworkDone


@dataclass(frozen=True, kw_only=True)
class CreateOptions(EngineOptions, OutputOptions):
    """The argument and flags of `topo network create`."""

    network: Annotated[str, typer.Argument(metavar="NETWORK", help="Its name.", show_default=False)]
    driver: Annotated[str, typer.Option("--driver", metavar="DRIVER", help="What makes it.")] = "bridge"
    subnet: Annotated[
        str | None, typer.Option("--subnet", metavar="CIDR", help="Its addresses, such as 10.7.0.0/24.")
    ] = None
    gateway: Annotated[
        str | None, typer.Option("--gateway", metavar="IP", help="The host's address on it.")
    ] = None
    internal: Annotated[bool, typer.Option("--internal", help="Nothing leads out of it.")] = False
    options: Annotated[
        list[str],
        typer.Option("--opt", metavar="KEY=VALUE", help="An option of the driver. May be repeated."),
    ] = field(default_factory=list)


def create(options: CreateOptions, world: World) -> NetworkDone:
    """Make a network that is of no stack.

    Stack files refer to it as an external one. `topo network destroy` removes it.
    """
    from cli.faults import CommandError
    from cli.identity import author
    from cli.report.network import NetworkDone
    from cli.wiring import driven
    from reconciler import address
    from reconciler.networks import is_name
    from reconciler.steps import CreateNetwork

    name = options.network
    if not is_name(name):
        raise CommandError(f"{name} cannot name a network", "letters, digits, _ . and -, such as shop_front")
    engine = driven(options, world).engine
    if any(one.name == name for one in engine.networks()):
        raise CommandError(f"there is a network {name} already", f"see: topo network info {name}")
    body = _body(options) | {"Labels": {address.BY_HAND: author()}}
    engine.run(CreateNetwork(address=address.network(name), name=name, body=body))
    return NetworkDone(network=name, text=f"made {name}")


def _body(options: CreateOptions) -> dict[str, Any]:
    """The body of the call.

    Raises:
        CommandError: the flags make no sense.
    """
    import ipaddress

    from cli.faults import CommandError

    if options.gateway and not options.subnet:
        raise CommandError("--gateway needs --subnet", "it is one of its addresses")
    try:
        block = ipaddress.ip_network(options.subnet) if options.subnet else None
        gateway = ipaddress.ip_address(options.gateway) if options.gateway else None
    except ValueError as error:
        raise CommandError(str(error), "such as --subnet 10.7.0.0/24 --gateway 10.7.0.1") from error
    if block is not None and gateway is not None and gateway not in block:
        raise CommandError(f"--gateway {gateway} is not in {block}", "it is one of its addresses")
    wrong = next((text for text in options.options if "=" not in text), None)
    if wrong is not None:
        raise CommandError(f"--opt {wrong} is no KEY=VALUE", "such as com.docker.network.driver.mtu=1400")
    config = {"Subnet": str(block), **({"Gateway": str(gateway)} if gateway else {})}
    return {
        "Name": options.network,
        "Driver": options.driver,
        "Internal": options.internal,
        "EnableIPv6": block is not None and block.version == 6,
        "Options": dict(text.split("=", 1) for text in options.options),
        **({"IPAM": {"Config": [config]}} if block is not None else {}),
    }
