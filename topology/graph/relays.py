"""Who hands connections on to whom: the ways of chains, which go through a relay to its one port only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.graph.edges import Edge, edges
from topology.graph.nodes import RELAY, node_of
from topology.graph.parts import Mode
from topology.graph.world import Topology


def relays(topology: Topology) -> Mapping[str, frozenset[str]]:
    """For each relay, the members that it leads to. One that might do more than that is none."""
    found = {name: _led_to(topology, name) for name, one in topology.members.items() if one.relay is not None}
    return {name: targets for name, targets in found.items() if targets and _is_confined(topology, name)}


def _is_confined(topology: Topology, name: str) -> bool:
    """Nobody lives in its network stack, and nothing lets it out of its container."""
    one = topology.members[name]
    alone = one.mode is Mode.NETWORKS and topology.residents(name) == (name,)
    return alone and not one.taints and not one.net_admin


def _led_to(topology: Topology, name: str) -> frozenset[str]:
    """Whoever answers to the name that it was told, on networks where the two surely meet."""
    one = topology.members[name]
    if one.relay is None:
        return frozenset()
    to = one.relay.to.lower()
    named = {tie.target for tie in one.ties if tie.alias.lower() == to}
    for network in one.joints:
        named |= topology.called.get(network, {}).get(to, frozenset())
    return frozenset(other for other in named - {name} if _meet(topology, name, other))


def _meet(topology: Topology, one: str, other: str) -> bool:
    if other not in topology.standings:
        return False
    return not set(topology.standings[one].peers).isdisjoint(topology.standings[other].peers)


def onward(topology: Topology) -> Iterator[Edge]:
    """The edges of chains: out of a relay there is one way, to those that it leads to."""
    nodes = {node_of(topology, name): name for name in topology.relays}
    for start, end, certain in edges(topology):
        if start not in nodes:
            yield start, end, certain
    for node, name in nodes.items():
        yield node, (RELAY, name), True
        for target in sorted(topology.relays[name]):
            yield (RELAY, name), node_of(topology, target), True
