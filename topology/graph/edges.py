"""Who can open a connection to whom, over anything, in linear size: stacks and what joins them.

An edge points the way a connection can be opened; `certain` is False where Docker's rules do not decide.
A network of n members costs 2n edges, never n². Plain Python: what needs paths builds a graph of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.graph.doors import ANY_IPV4, ANY_IPV6
from topology.graph.engine import Assumptions
from topology.graph.nodes import (
    FROM_HOST,
    FROM_LAN,
    HOST_STACK,
    IPV4,
    IPV6,
    MESH,
    NETWORK,
    PUBLIC,
    ROUTED,
    SINGLED,
    TO_HOST,
    TO_LAN,
    UNFILTERED,
    WORLD_NODE,
    at_address,
    node_of,
    on_routed,
)
from topology.graph.overlay import GATEWAY_BRIDGE
from topology.graph.parts import Publish, is_loopback
from topology.graph.standing import Standing
from topology.graph.world import Node, Topology

Edge = tuple[Node, Node, bool]


def edges(topology: Topology) -> Iterator[Edge]:
    """All edges, in the order of the stack; one may come twice, certain and not."""
    for start, end in (
        (TO_HOST, HOST_STACK),
        (HOST_STACK, FROM_HOST),
        (WORLD_NODE, PUBLIC),
        (PUBLIC, HOST_STACK),
    ):
        yield start, end, True
    for name, holder in topology.holders.items():
        node = node_of(topology, name)
        if holder.name == name and node != HOST_STACK:
            admin = any(topology.members[one].net_admin for one in topology.residents(name))
            yield from _edges(topology, topology.standings[name], node, admin=admin)


def _edges(topology: Topology, standing: Standing, node: Node, *, admin: bool) -> Iterator[Edge]:
    for network in standing.peers:
        yield node, (NETWORK, network), True
        yield (NETWORK, network), node, True
    yield from _host_edges(standing, node)
    yield from _swarm_edges(topology.assumptions, standing, node)
    yield from _outgoing(topology, standing, node, admin=admin)
    yield from _incoming(standing, node, topology.assumptions)
    yield from _public(standing, node, topology.assumptions)
    yield from _ipv6_edges(topology, standing, node, admin=admin)


def _host_edges(standing: Standing, node: Node) -> Iterator[Edge]:
    if standing.meets_host:
        yield node, TO_HOST, True
    if standing.meets or any(door.addresses for door in standing.doors):
        yield FROM_HOST, node, True


def _swarm_edges(settings: Assumptions, standing: Standing, node: Node) -> Iterator[Edge]:
    """Through the routing mesh, and between neighbours on one node that nothing keeps apart (case 7f)."""
    if standing.gates:
        yield node, MESH, True
    if any(door.binding.publish is Publish.EVERY_NODE for door in standing.doors):
        yield MESH, node, True
    if GATEWAY_BRIDGE.name in standing.bridges and not settings.bridge_netfilter:
        yield node, (NETWORK, GATEWAY_BRIDGE.name), False
        yield (NETWORK, GATEWAY_BRIDGE.name), node, False


def _outgoing(topology: Topology, standing: Standing, node: Node, *, admin: bool) -> Iterator[Edge]:
    """From a stack to the joints that lead to others' published ports."""
    settings = topology.assumptions
    unfiltered = not settings.engine.filters_ipv6
    if settings.crosses_networks:
        yield from _to_host_addresses(topology, standing, node)
    if settings.crosses_networks and (standing.ipv6_exit or standing.woken or (unfiltered and standing.ipv6)):
        yield node, IPV6, True
    yield from _to_routed(topology, standing, node, admin=admin)
    if standing.exit:
        yield node, TO_LAN, False
    if standing.lan or standing.other:
        yield node, FROM_LAN, False


def _to_routed(topology: Topology, standing: Standing, node: Node, *, admin: bool) -> Iterator[Edge]:
    """To containers on routed networks; who is on one himself without icc does not get there."""
    if not (standing.exit or (admin and standing.bridges)):
        return
    certain = standing.exit is not None
    if set(standing.order) & topology.routed_networks:
        others = sorted(topology.routed_networks - set(standing.order))
        yield from ((node, on_routed(one), certain) for one in others)
    else:
        yield node, ROUTED, certain


def _to_host_addresses(topology: Topology, standing: Standing, node: Node) -> Iterator[Edge]:
    """To what is published on all addresses, and to what is on one; an own network's address goes first."""
    own = {topology.segment(name).gateway for name in standing.gates}
    shut = {topology.segment(name).gateway for name in standing.walls} & topology.singled
    if standing.gates:
        yield node, IPV4, True
    yield from ((node, at_address(one), True) for one in sorted(topology.singled & own))
    if standing.exit and shut:
        yield from ((node, at_address(one), True) for one in sorted(topology.singled - own - shut))
    elif standing.exit:
        yield node, SINGLED, True
    elif None in own:
        yield node, SINGLED, False


def _incoming(standing: Standing, node: Node, settings: Assumptions) -> Iterator[Edge]:
    """From the joints to a stack that publishes or stands outside."""
    doors = [door for door in standing.doors if door.is_open]
    single = [door for door in doors if door.binding.publish is not Publish.EVERY_NODE]
    if any(ANY_IPV4 in door.addresses for door in single):
        yield IPV4, node, True
    for door in single:
        for one in door.singled:
            yield at_address(one), node, True
            yield SINGLED, node, door.binding.protocol != "udp" or settings.engine.answers_udp_anywhere
    if any(":" in one and not is_loopback(one) for door in single for one in door.addresses):
        yield IPV6, node, True
    if any(door.binding.host_ip == ANY_IPV6 for door in doors):
        yield IPV4, node, False
    if standing.routed and standing.doors:
        yield ROUTED, node, True
        yield on_routed(standing.routed), node, True
    if doors or standing.lan or standing.other:
        yield FROM_LAN, node, False
    unprotected = standing.unprotected and settings.engine.forwards_unprotected
    if standing.lan or standing.other or unprotected:
        yield TO_LAN, node, False


def _public(standing: Standing, node: Node, settings: Assumptions) -> Iterator[Edge]:
    """From the world: what is published, and what a machine with a route of its own may open."""
    if standing.is_open:
        yield PUBLIC, node, True
    guarded, filtered = settings.engine.guards_container_addresses, settings.engine.filters_ipv6
    behind = standing.doors and (standing.routed or standing.trusting or not guarded)
    by_ipv6 = not filtered and (
        standing.ipv6_exit or (standing.ipv6 and settings.engine.internal_forwards_ipv6)
    )
    if behind or by_ipv6 or standing.lan or standing.other or standing.unprotected:
        yield PUBLIC, node, False


def _ipv6_edges(topology: Topology, standing: Standing, node: Node, *, admin: bool) -> Iterator[Edge]:
    """Before 27.0 IPv6 networks are one; from 25.0 internal ones only for those that add a route."""
    engine = topology.assumptions.engine
    if engine.filters_ipv6 or standing.ipv6 is None:
        return
    free = engine.internal_forwards_ipv6 or standing.ipv6_exit is not None
    yield UNFILTERED, node, free
    if free or admin:
        yield node, UNFILTERED, free
    for network in standing.bridges:
        if topology.segment(network).ipv6:
            yield node, (NETWORK, network), True
            yield (NETWORK, network), node, True
