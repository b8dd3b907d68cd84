"""Subnets that overlap those of other networks, seen before anything is begun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from reconciler.address import Address
from reconciler.diff.changes import Action, Change, Obstacle, SharedChange
from reconciler.state import LiveShared, Observed, Shared
from reconciler.subnets import Net, said


def overlapping(changes: Iterable[Change], observed: Observed) -> Iterator[Obstacle]:
    """Networks that are to be made, and whose subnet another one of the engine has: it would refuse them."""
    for change in changes:
        if not isinstance(change, SharedChange) or change.want is None or change.action is Action.REMOVE:
            continue
        own = change.live.id if change.live else ""
        for net in said(change.want.spec):
            for other in observed.networks:
                if other.id != own and any(_meet(net, ip_network(text)) for text in other.subnets):
                    yield _overlap(change.address, change.want, net, other)


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
