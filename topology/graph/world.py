"""The topology: members, segments and assumptions, with the indexes that verdicts read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field

from topology.graph.engine import Assumptions
from topology.graph.overlay import GATEWAY_BRIDGE
from topology.graph.parts import Member, Mode, Segment
from topology.graph.standing import HOST_STANDING, Place, Standing, standing

if TYPE_CHECKING:
    import networkx

Node = tuple[str, str]
Step = tuple[Node, bool]
"""Where an edge leads, and whether it is certain."""


def edges_of(topology: Topology) -> Iterable[tuple[Node, Node, bool]]:
    from topology.graph.edges import edges  # noqa: PLC0415  # it knows this module

    return edges(topology)


def onward_of(topology: Topology) -> Iterable[tuple[Node, Node, bool]]:
    from topology.graph.relays import onward  # noqa: PLC0415  # it knows this module

    return onward(topology)


class Topology(Struct, frozen=True, kw_only=True, dict=True):
    """Who is attached to what. A value; the indexes are computed at first use and kept.

    `driver` is that of a network which says nothing of it.
    """

    members: Mapping[str, Member] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)
    driver: str = "bridge"

    @cached_property
    def holders(self) -> Mapping[str, Member]:
        """For each member, the one whose network stack it lives in: mostly itself."""
        return {name: self._holder(member) for name, member in self.members.items()}

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """For each member, the standing of its network stack."""
        own = {
            holder.name: standing(holder, self.segments, self.assumptions) for holder in self.holders.values()
        }
        return {name: own[holder.name] for name, holder in self.holders.items()}

    @cached_property
    def singled(self) -> frozenset[str]:
        """The host's IPv4 addresses that some published port names, loopback left out."""
        return frozenset(
            address for one in self.standings.values() for door in one.doors for address in door.singled
        )

    @cached_property
    def routed_networks(self) -> frozenset[str]:
        """The networks whose containers are reached from elsewhere at their own addresses."""
        return frozenset(one.routed for one in self.standings.values() if one.routed)

    @cached_property
    def attached(self) -> Mapping[str, tuple[str, ...]]:
        """For each segment, the members that hold a network stack on it, in the order of the stack."""
        found: dict[str, list[str]] = {name: [] for name in self.segments}
        for holder in self._own_stacks():
            for name in holder.joints:
                found.setdefault(name, []).append(holder.name)
        return {name: tuple(members) for name, members in found.items()}

    @cached_property
    def called(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """For each segment, lower-case name → the members that answer to it, `NAME.NETWORK` included."""
        found: dict[str, dict[str, set[str]]] = {name: {} for name in self.segments}
        for segment in self.segments.values():
            if not segment.has_names:
                continue
            names = found[segment.name]
            for member in self.attached[segment.name]:
                for name in self._spoken(self.members[member], segment):
                    names.setdefault(name, set()).add(member)
        return {one: {name: frozenset(held) for name, held in names.items()} for one, names in found.items()}

    @cached_property
    def lodgers(self) -> Mapping[str, tuple[str, ...]]:
        """For each holder of a shared network stack, the members that live in it beside the holder."""
        found: dict[str, list[str]] = {}
        for name, holder in self.holders.items():
            if holder.name != name:
                found.setdefault(holder.name, []).append(name)
        return {name: tuple(members) for name, members in found.items()}

    @cached_property
    def on_host(self) -> tuple[str, ...]:
        """The members that live in the host's own network stack."""
        return tuple(name for name, one in self.standings.items() if one.mode is Mode.HOST)

    @cached_property
    def admins(self) -> frozenset[str]:
        """The holders of network stacks in which somebody may set routes."""
        return frozenset(self.holders[name].name for name, one in self.members.items() if one.net_admin)

    @cached_property
    def steps(self) -> Mapping[Node, tuple[Step, ...]]:
        """The edges of `graph` by their start, each once and certain if it ever is."""
        return self._walked((start, end, certain) for start, end, certain in edges_of(self))

    @cached_property
    def steps_back(self) -> Mapping[Node, tuple[Step, ...]]:
        """The same edges by their end: the node is where they start."""
        return self._walked((end, start, certain) for start, end, certain in edges_of(self))

    @cached_property
    def relays(self) -> Mapping[str, frozenset[str]]:
        """For each member that hands connections on and does nothing else, those that it leads to."""
        if not any(one.relay for one in self.members.values()):
            return {}
        from topology.graph.relays import relays  # noqa: PLC0415  # it knows this module

        return relays(self)

    @cached_property
    def onward(self) -> Mapping[Node, tuple[Step, ...]]:
        """`steps` for chains: nobody gets out of a relay but to those that it leads to."""
        return self._walked(onward_of(self)) if self.relays else self.steps

    @cached_property
    def onward_back(self) -> Mapping[Node, tuple[Step, ...]]:
        """The same edges by their end."""
        if not self.relays:
            return self.steps_back
        return self._walked((end, start, certain) for start, end, certain in onward_of(self))

    @cached_property
    def graph(self) -> networkx.DiGraph[tuple[str, str]]:
        """The one graph: network stacks and what joins them, an edge the way packets can go."""
        from topology.graph.network import graph_of  # noqa: PLC0415  # networkx costs 150 ms to import

        return graph_of(self)

    def standing_of(self, end: str | Place) -> Standing:
        """The network stack of a member, or the host's; the world has none."""
        if isinstance(end, str):
            return self.standings[end]
        if end is Place.HOST:
            return HOST_STANDING
        raise KeyError(end)

    def segment(self, name: str) -> Segment:
        """A network that a standing names: one of the stack's, or the bridge beside overlays."""
        return self.segments.get(name, GATEWAY_BRIDGE)

    def residents(self, holder: str) -> tuple[str, ...]:
        """A holder and those who live in its network stack."""
        return (holder, *self.lodgers.get(holder, ()))

    @staticmethod
    def _walked(edges: Iterable[tuple[Node, Node, bool]]) -> Mapping[Node, tuple[Step, ...]]:
        found: dict[Node, dict[Node, bool]] = {}
        for here, there, certain in edges:
            steps = found.setdefault(here, {})
            steps[there] = steps.get(there, False) or certain
        return {here: tuple(steps.items()) for here, steps in found.items()}

    @staticmethod
    def _spoken(member: Member, segment: Segment) -> Iterable[str]:
        for name in (*member.names, *member.containers, *member.joints[segment.name].aliases):
            yield name.lower()
            yield f"{name}.{segment.engine_name}".lower()

    def _own_stacks(self) -> Iterable[Member]:
        return (member for name, member in self.members.items() if self.holders[name].name == name)

    def _holder(self, member: Member) -> Member:
        """Follows `shares`; a circle or a missing member ends in a stack that nothing is known of."""
        seen = {member.name}
        here = member
        while here.mode is Mode.SHARED:
            there = self.members.get(here.shares or "")
            if there is None or there.name in seen:
                return Member(name=member.name, mode=Mode.UNKNOWN)
            seen.add(there.name)
            here = there
        return here
