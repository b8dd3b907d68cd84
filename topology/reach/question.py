"""The question that every rule of routes answers, with what they all need to answer it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from topology.graph import Binding, Door, Place, Standing, Topology
from topology.graph.parts import Publish
from topology.reach.verdict import EVERY_NODE, End, Kind, Route, named


class Question(NamedTuple):
    """Can `source`, standing as `a`, reach `target`, standing as `b`? `port` None: any port.

    A named tuple because a claim about any service asks thousands of them.
    """

    topology: Topology
    source: End
    target: End
    a: Standing
    b: Standing
    port: int | None
    protocol: str

    def route(
        self,
        kind: Kind,
        *,
        network: str | None,
        binding: Binding | None = None,
        address: str | None = None,
        doubt: str | None = None,
    ) -> Route:
        """A route with ends and port filled in: the binding's port, the one asked for, or the best known."""
        port, protocol = (self.port, self.protocol) if self.port else self._usual_port()
        if binding:
            port, protocol = binding.target, binding.protocol
        return Route(
            kind=kind,
            source=named(self.source),
            target=named(self.target),
            port=port,
            protocol=protocol,
            network=network,
            address=address,
            host_ports=binding.host_ports if binding else None,
            doubt=doubt,
        )

    def asks_for(self, port: int, protocol: str) -> bool:
        """True when this port is one that was asked for; without a port, each is."""
        return self.port is None or (self.port, self.protocol) == (port, protocol)

    def _usual_port(self) -> tuple[int | None, str]:
        member = self.topology.members.get(self.target) if isinstance(self.target, str) else None
        return member.ports[0] if member and member.ports else (None, "tcp")


Routes = Iterator[Route]


def outside_of(standing: Standing) -> str | None:
    """The network past Docker's own bridges that a stack is on."""
    return standing.lan or standing.other


def is_admin(ask: Question, end: End) -> bool:
    """A member, or one that lives in its network stack, may set routes."""
    if isinstance(end, Place):
        return False
    holder = ask.topology.holders[end].name
    return any(ask.topology.members[name].net_admin for name in ask.topology.residents(holder))


def is_on_overlay(ask: Question, holder: str) -> bool:
    """It is on an overlay that one of the ends is on too."""
    near = {*ask.a.order, *ask.b.order} & set(ask.topology.holders[holder].joints)
    return any(ask.topology.segments[name].is_overlay for name in near)


def node_text(target: End, door: Door) -> str:
    """Where a port of a Swarm is opened, in words: no file says where the nodes are."""
    return EVERY_NODE if door.binding.publish is Publish.EVERY_NODE else f"{named(target)}'s node"


def between(ask: Question) -> Iterator[str]:
    """Holders that share a network with both ends."""
    attached = ask.topology.attached
    near = {name for network in ask.a.order for name in attached[network]}
    far = {name for network in ask.b.order for name in attached[network]}
    yield from sorted(near & far - {str(ask.a.holder), str(ask.b.holder)})
