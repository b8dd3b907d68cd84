"""Subnets of networks, allotted from the stack's pool.

An engine has about 30 automatic ones. With `subnet_pool` each network that says nothing of its addresses
gets a small one instead, which overlaps no network of the engine and no route of its host. A network that is
there keeps what it has, also where it has to be made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from reconciler.state import Desired, LiveShared, Observed, Shared, Spec
from topology.findings import Missing
from topology.structs import replace
from topology.subnets import allotted

SMALLEST = 13
"""Containers that every allotted subnet has room for: it is a /28 at least."""

Net = IPv4Network | IPv6Network


def with_subnets(desired: Desired, observed: Observed) -> Desired:
    """What is wanted with a subnet of the pool for each network that is to be made; twice is as once."""
    if desired.subnet_pool is None:
        return desired
    live = {one.name: one for one in observed.networks}
    asks = {
        str(at): want
        for at, want in desired.networks.items()
        if is_made(want, observed.networks) and "ipam" not in want.spec and want.spec.get("driver") is None
    }
    kept = {at: net for at, want in asks.items() if (net := _kept(want, live, desired.subnet_pool))}
    sizes = {at: max(SMALLEST, 2 * _members(want, desired)) for at, want in asks.items() if at not in kept}
    taken = [net for net in _taken(desired, observed) if isinstance(net, IPv4Network)]
    found = kept | allotted(sizes, IPv4Network(desired.subnet_pool), taken)
    networks = {
        at: replace(want, spec={**want.spec, "ipam": {"config": [{"subnet": str(found[str(at)])}]}})
        if str(at) in found
        else want
        for at, want in desired.networks.items()
    }
    lost = tuple(_exhausted(desired.subnet_pool, asks[at], observed) for at in asks if at not in found)
    more = tuple(one for one in lost if one not in desired.missing)
    return replace(desired, networks=networks, missing=(*desired.missing, *more))


def _kept(want: Shared, live: Mapping[str, LiveShared], pool: str) -> IPv4Network | None:
    """What a network that is made anew has of the pool already."""
    there = live.get(want.name)
    nets = map(ip_network, there.subnets if there is not None and there.address is not None else ())
    return next(
        (one for one in nets if isinstance(one, IPv4Network) and one.subnet_of(IPv4Network(pool))), None
    )


def is_made(want: Shared, live: Iterable[LiveShared]) -> bool:
    """Whether a network is to be made, perhaps anew."""
    found = next((one for one in live if one.name == want.name), None)
    differs = found is None or any(found.spec.get(name) != value for name, value in want.spec.items())
    return differs and not want.external


def _members(want: Shared, desired: Desired) -> int:
    """How many containers there are to be on a network; for a while there may be twice as many."""
    return sum(want.name in unit.spec.get("networks", {}) for unit in desired.units.values())


def _taken(desired: Desired, observed: Observed) -> Iterator[Net]:
    for live in observed.networks:
        yield from map(ip_network, live.subnets)
    for want in desired.networks.values():
        yield from said(want.spec)
    yield from (ip_network(route.network) for route in observed.around.routes)


def said(spec: Spec) -> Iterator[Net]:
    """The subnets that a network asks for."""
    for block in (spec.get("ipam") or {}).get("config", ()):
        if "subnet" in block:
            yield ip_network(block["subnet"], strict=False)


def _exhausted(pool: str, want: Shared, observed: Observed) -> Missing:
    covered = [
        route for route in observed.around.routes if IPv4Network(route.network).overlaps(IPv4Network(pool))
    ]
    ways = ", ".join(f"{route.network} behind {route.interface}" for route in covered)
    return Missing(
        path=("subnet_pool",),
        message=f"the subnet pool {pool} has no room left for network {want.name}"
        + (f"; the engine's host has a route to {ways}" if ways else ""),
        mend="name a larger pool, or one elsewhere, or remove networks that nobody needs: docker network ls",
    )
