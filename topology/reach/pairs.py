"""All pairs that reach each other, held as groups: a flat network of 5,000 services is one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from topology.graph import Topology
from topology.graph.edges import edges
from topology.graph.nodes import (
    ADDRESS,
    FROM_HOST,
    HOST_STACK,
    IPV4,
    IPV6,
    JOINT,
    MESH,
    NETWORK,
    PUBLIC,
    ROUTED,
    ROUTED_ON,
    SINGLED,
    STACK,
    TO_HOST,
    UNFILTERED,
    living_in,
)
from topology.graph.world import Node
from topology.reach.verdict import Kind

KINDS = {
    FROM_HOST: Kind.HOST,
    TO_HOST: Kind.TO_HOST,
    IPV4: Kind.PUBLISHED,
    SINGLED: Kind.PUBLISHED,
    IPV6: Kind.PUBLISHED,
    MESH: Kind.PUBLISHED,
    ROUTED: Kind.ROUTED,
    UNFILTERED: Kind.IPV6,
}


SINGLE = {NETWORK: Kind.DIRECT, ADDRESS: Kind.PUBLISHED, ROUTED_ON: Kind.ROUTED}
"""Joints of which there are many, by what they are."""


class Group(Struct, frozen=True, kw_only=True):
    """Each of `sources` surely reaches each of `targets`, but for itself, in this way.

    `network` is set for Kind.DIRECT. Published ports differ by target: ask `reach` for one pair's.
    """

    kind: Kind
    network: str | None = None
    sources: tuple[str, ...]
    targets: tuple[str, ...]


class Pairs(Struct, frozen=True, dict=True):
    """All ordered pairs of services of which the first surely reaches the second."""

    groups: tuple[Group, ...]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each pair once; grows with the number of pairs, so take what you need."""
        for source, groups in self._by_source.items():
            seen = {source}
            for group in groups:
                for target in group.targets:
                    if target not in seen:
                        seen.add(target)
                        yield source, target

    def __len__(self) -> int:
        """How many pairs; services that reach by the same groups are counted together."""
        alike: dict[tuple[int, ...], list[str]] = {}
        for source, groups in self._by_source.items():
            alike.setdefault(tuple(map(id, groups)), []).append(source)
        return sum(self._count(sources) for sources in alike.values())

    @cached_property
    def _by_source(self) -> Mapping[str, tuple[Group, ...]]:
        found: dict[str, list[Group]] = {}
        for group in self.groups:
            for source in group.sources:
                found.setdefault(source, []).append(group)
        return {source: tuple(groups) for source, groups in found.items()}

    def _count(self, sources: list[str]) -> int:
        reached = {target for group in self._by_source[sources[0]] for target in group.targets}
        return sum(len(reached) - (source in reached) for source in sources)


def pairs(topology: Topology) -> Pairs:
    """Who surely reaches whom, by any route, on any port. Doubtful routes are left out."""
    into, out_of = _joints(topology)
    shared = [(STACK, holder) for holder in topology.lodgers] + [HOST_STACK]
    groups = [_group(topology, joint, into[joint], out_of[joint]) for joint in into if joint in out_of]
    groups += [_lodging(topology, node) for node in shared]
    return Pairs(tuple(one for one in groups if _has_pair(one)))


def _joints(topology: Topology) -> tuple[dict[Node, list[Node]], dict[Node, list[Node]]]:
    """For each network or other joint, the stacks that lead into it and those it leads to."""
    into: dict[Node, list[Node]] = {}
    out_of: dict[Node, list[Node]] = {}
    for start, end, certain in edges(topology):
        if certain and end[0] in {NETWORK, JOINT, ADDRESS, ROUTED_ON} and end != PUBLIC:
            into.setdefault(end, []).append(start)
        elif certain and start != PUBLIC:
            out_of.setdefault(start, []).append(end)
    return into, out_of


def _group(topology: Topology, joint: Node, sources: list[Node], targets: list[Node]) -> Group:
    return Group(
        kind=KINDS.get(joint) or SINGLE[joint[0]],
        network=joint[1] if joint[0] == NETWORK else None,
        sources=_living_in(topology, sources),
        targets=_living_in(topology, targets),
    )


def _lodging(topology: Topology, node: Node) -> Group:
    members = _living_in(topology, [node])
    return Group(kind=Kind.SAME_STACK, sources=members, targets=members)


def _living_in(topology: Topology, nodes: list[Node]) -> tuple[str, ...]:
    """The members of these stacks, each once."""
    return tuple(dict.fromkeys(name for node in nodes for name in living_in(topology, node)))


def _has_pair(group: Group) -> bool:
    return bool(group.targets) and len({*group.sources, *group.targets}) > 1 and bool(group.sources)
