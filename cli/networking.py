"""What the network commands share: finding a network, and the containers that are meant."""

from __future__ import annotations

from msgspec import Struct

from cli.exits import Exit
from cli.faults import CommandError
from cli.report.network import MemberLine, NetworkLine
from reconciler.engine import Reader
from reconciler.expand import expand
from reconciler.networks import PREDEFINED, Network
from reconciler.state import Desired, Granularity, LiveUnit
from topology.load import Loaded
from topology.nearest import asked


def line(network: Network) -> NetworkLine:
    """The same, to be shown."""
    members = tuple(
        MemberLine(
            container=one.name, id=one.id, stack=one.stack, addresses=one.addresses, aliases=one.aliases
        )
        for one in network.members
    )
    names = {*NetworkLine.__struct_fields__} - {"members"}
    return NetworkLine(members=members, **{name: getattr(network, name) for name in names})


def found(name: str, reader: Reader) -> Network:
    """The network that is meant, by name or by the beginning of its id.

    Raises:
        CommandError: there is none, or there are several.
    """
    every = reader.networks()
    several = [one for one in every if one.name == name]
    several = several or [one for one in every if len(name) >= 4 and one.id.startswith(name)]
    if not several:
        raise CommandError(f"there is no network {name}", asked(name, (one.name for one in every)))
    if len(several) > 1:
        ids = ", ".join(one.id[:12] for one in several)
        raise CommandError(f"there are {len(several)} networks {name}", f"name one by its id: {ids}")
    return several[0]


class Meant(Struct, frozen=True, kw_only=True):
    """Containers of a stack and a network that is there."""

    stack: str
    network: Network
    units: tuple[LiveUnit, ...]


def meant(read: Loaded, network: str, target: str, reader: Reader) -> Meant:
    """The network as the file or the engine calls it; the containers of SERVICE, or SERVICE[2] alone.

    Raises:
        CommandError: there is no such network or container, or they cannot be brought together.
    """
    if reader.traits.granularity is not Granularity.CONTAINER:
        raise CommandError("services of a Swarm join networks by the stack file alone", "topo apply")
    desired = expand(read.stack, reader.traits, reader.contents(read.stack))
    wanted = {one.address.name: one.name for one in desired.networks.values()}
    on = found(wanted.get(network, network), reader)
    if on.name in PREDEFINED - {"bridge"}:
        raise CommandError(f"nobody can be put on {on.name} or taken off it by hand", "see network_mode")
    return Meant(stack=desired.stack, network=on, units=units_of(desired, target, reader))


def units_of(desired: Desired, target: str, reader: Reader) -> tuple[LiveUnit, ...]:
    """The containers of SERVICE, or SERVICE[2] alone, or by the name of one.

    Raises:
        CommandError: there is none, or it is not the stack's.
    """
    observed = reader.observe(desired)
    units = tuple(
        unit
        for unit in observed.units
        if target in {unit.address.name, f"{unit.address.name}[{unit.address.replica}]", unit.name}
    )
    if units:
        return units
    other = next((one for one in observed.holders if one.name == target), None)
    if other is not None:
        whose = f"belongs to stack {other.stack}" if other.stack else "was not made by topo"
        raise CommandError(
            f"{target} {whose}",
            "the docker command is for what is not of this stack",
            code=Exit.REFUSED,
        )
    services = {unit.address.name for unit in desired.units.values()}
    if target.partition("[")[0] in services:
        raise CommandError(f"no container of {target} is there", "topo apply makes them")
    raise CommandError(f"there is no service {target} in {desired.stack}", asked(target, services))
