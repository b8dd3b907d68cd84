"""Subnets that cannot be had, seen before anything is begun: they overlap others, or none are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, ip_network
from typing import Final

from msgspec import Struct

from reconciler.address import Address, Kind
from reconciler.diff.changes import Change, Obstacle, SharedChange
from reconciler.state import LiveShared, Observed, Shared
from reconciler.subnets import Net, said
from reconciler.surroundings import Route

_NAMED: Final = 8
"""How many networks a message names."""


def overlapping(changes: Iterable[Change], observed: Observed) -> Iterator[Obstacle]:
    """Networks that are to be made, and whose subnet another one of the engine has: it would refuse them."""
    for change in _made(changes):
        own = change.live.id if change.live else ""
        for net in said(change.want.spec):
            for other in observed.networks:
                if other.id != own and any(_meet(net, ip_network(text)) for text in other.subnets):
                    yield _overlap(change.address, change.want, net, other)


def covering(changes: Iterable[Change], observed: Observed) -> Iterator[Obstacle]:
    """Bridges that are to be made on addresses that the host knows another way to, which it would lose.

    The engine makes them without a word. A part of what lies behind a gateway may be taken: whoever gives
    10.9.0.0/24 to a network beside a route to 10.0.0.0/8 means it.
    """
    for change in _made(changes):
        if change.want.spec.get("driver") is not None:
            continue
        for net in said(change.want.spec):
            for route in observed.around.routes:
                way = ip_network(route.network)
                if _meet(net, way) and (route.direct or way.prefixlen >= net.prefixlen):
                    yield _covers(change.address, change.want, net, route)


def exhausted(changes: Iterable[Change], observed: Observed) -> Iterator[Obstacle]:
    """More networks that leave their subnet to the engine than its pools have room for."""
    made = list(_made(changes))
    asking = [one.want for one in made if one.want.spec.get("driver") is None and _asks_for_none(one.want)]
    gone = {one.live.id for one in made if one.live is not None}
    nets = [ip_network(text) for one in observed.networks if one.id not in gone for text in one.subnets]
    nets += [net for one in made for net in said(one.want.spec)]
    nets += [ip_network(route.network) for route in observed.around.routes if route.direct]
    taken = [net for net in nets if isinstance(net, IPv4Network)]
    room = sum(pool.room(taken) for pool in observed.around.pools)
    if observed.around.pools and room < len(asking):
        yield _full(asking, room, observed)


class _Making(Struct, frozen=True, kw_only=True):
    """A network that is to be made, and the one whose place it takes."""

    address: Address
    want: Shared
    live: LiveShared | None


def _made(changes: Iterable[Change]) -> Iterator[_Making]:
    for change in changes:
        if (
            isinstance(change, SharedChange)
            and change.address.kind is Kind.NETWORK
            and change.want is not None
        ):
            yield _Making(address=change.address, want=change.want, live=change.live)


def _asks_for_none(want: Shared) -> bool:
    """Whether the engine chooses its subnet for IPv4."""
    driver = (want.spec.get("ipam") or {}).get("driver", "default")
    return driver == "default" and all(net.version != 4 for net in said(want.spec))


def _meet(one: Net, other: Net) -> bool:
    return one.version == other.version and one.overlaps(other)


def _overlap(at: Address, want: Shared, net: Net, other: LiveShared) -> Obstacle:
    return Obstacle(
        address=at,
        message=f"subnet {net} of network {want.name} overlaps that of network {other.name}, "
        f"{', '.join(other.subnets)}",
        mend="give it another subnet, or none: then the engine, or `subnet_pool`, finds a free one",
        path=("networks", at.name, "ipam"),
    )


def _covers(at: Address, want: Shared, net: Net, route: Route) -> Obstacle:
    return Obstacle(
        address=at,
        message=f"subnet {net} of network {want.name} covers {route.network}, "
        f"which the engine's host reaches through {route.interface}",
        mend="give it another subnet, or none: then the engine, or `subnet_pool`, finds a free one",
        path=("networks", at.name, "ipam"),
    )


def _full(asking: list[Shared], room: int, observed: Observed) -> Obstacle:
    last = asking[-1]
    holding = [one for one in observed.networks if one.subnets]
    idle = [one.name for one in holding if not one.members and one.address is None and one.name != "bridge"]
    remove = f", or remove networks that nobody is on: docker network rm {_some(idle, ' ')}" if idle else ""
    pools = [str(pool) for pool in observed.around.pools]
    return Obstacle(
        address=last.address,
        message=f"the engine's address pools ({_some(pools)}) have room for {_number(room)}, and "
        f"{len(asking)} are to be made: {_some([one.name for one in asking])}; "
        f"there are {_some([one.name for one in holding])}",
        mend=f"say `subnet_pool: 10.90.0.0/16` or another range, of which each gets a small part{remove}",
        path=("networks", last.address.name),
    )


def _number(room: int) -> str:
    return f"{room or 'no'} more network" + ("" if room == 1 else "s")


def _some(names: list[str], between: str = ", ") -> str:
    """The first of them."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED and between == ", " else ""
    return between.join(names[:_NAMED]) + more
