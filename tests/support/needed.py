"""What a stack asks to be reachable, port by port, to be held against what was exported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from topology.claims import Claim, ClaimError, Form, parse
from topology.graph import WORLD, Mode, Topology, topology_of
from topology.models import Stack
from topology.peers import listening, ports_behind
from topology.reach import Answer, End, Kind, answer, chain_answer, reach
from topology.rules.judge import spoken_of

Port = tuple[int, str]


class Needed:
    """The needs of a stack, by its pods: network stacks, called after the services that hold them."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.topology: Topology = topology_of(stack)
        self.by_networks = not any(one.links for one in stack.services.values())

    @property
    def pods(self) -> tuple[str, ...]:
        """Those that policies govern."""
        holders = {one.name: None for one in self.topology.holders.values()}
        return tuple(name for name in holders if self.topology.standings[name].mode is not Mode.HOST)

    def ports(self) -> tuple[Port, ...]:
        """Every port that the stack names anywhere, and some that it does not."""
        named = {port for name, one in self.stack.services.items() for port in listening(name, one)}
        named |= {
            (link.port, "tcp") for one in self.stack.services.values() for link in one.links if link.port
        }
        for claim in self._claims():
            named |= {(port.number, port.protocol) for port in claim.ports}
        near = {(number + 1, protocol) for number, protocol in named if number < 65535}
        usual = {(1, "tcp"), (53, "udp"), (53, "tcp"), (80, "udp"), (65535, "tcp"), (9, "sctp")}
        return tuple(sorted({*named, *near, *usual}))

    def between(self, source: str, target: str, port: Port) -> bool:
        """Whether a pod needs to reach a port of another one: asked for, let through, and not forbidden."""
        if self.forbidden(source, target, port):
            return False
        if self.by_networks and not self.shared(source, target).isdisjoint(self.topology.segments):
            return True
        return any(
            port in ports or not ports
            for one, other, ports in self._asked()
            if (self._pod(one), self._pod(other)) == (source, target)
            and (one == other or source != target)
            and self.leads(one, other, *port)
        )

    def leads(self, source: End, target: End, port: int | None = None, protocol: str = "tcp") -> bool:
        """Whether Docker has a route, even a doubtful one."""
        return bool(reach(self.topology, source, target, port, protocol).routes)

    def shared(self, source: str, target: str) -> frozenset[str]:
        """The networks on which two pods may talk."""
        standings = self.topology.standings
        return standings[source].peers & standings[target].peers

    def from_world(self, target: str, port: Port) -> bool:
        """Whether a port is published, open beyond the host, and not forbidden to the world."""
        published = port in {(one.target, one.protocol) for one in self.topology.members[target].bindings}
        routes = reach(self.topology, WORLD, target, *port).routes if published else ()
        is_open = any(route.kind is Kind.PUBLISHED for route in routes)
        return is_open and not self.forbidden(WORLD, target, port)

    def to_world(self, source: str, port: Port) -> bool:
        """Whether a pod needs the world: a claim says so, or nothing says what anybody needs."""
        if self.forbidden(source, WORLD, port) or not self.leads(source, WORLD):
            return False
        return self.by_networks or any(
            self._pod(one) == source and other is WORLD and (asked is None or asked == port)
            for claim in self._claims()
            if claim.form is Form.CAN
            for one, other, asked in self._spoken(claim)
        )

    def forbidden(self, source: End, target: End, port: Port) -> bool:
        """Whether some claim says that it cannot be; none speaks of a network stack and itself."""
        return source != target and any(
            (self._pod(one), self._pod(other)) == (source, target) and (asked is None or asked == port)
            for claim in self._claims()
            if claim.form is not Form.CAN
            for one, other, asked in self._spoken(claim)
        )

    def denied(self) -> Iterator[tuple[End, End, Port | None, Claim]]:
        """What claims deny, and Docker does not let through either."""
        for claim in self._claims():
            for one, other, port in self._spoken(claim) if claim.form is not Form.CAN else ():
                asked = port or (None, "tcp")
                found = answer(self.topology, one, other, *asked)
                if claim.through_others:
                    found, _, _ = chain_answer(self.topology, one, other, *asked)
                if found is Answer.NO:
                    yield self._pod(one), self._pod(other), port, claim

    def _asked(self) -> Iterator[tuple[str, str, tuple[Port, ...]]]:
        """Who asks for whom; no ports are all."""
        for name, service in self.stack.services.items():
            for link in service.links:
                yield name, link.service, ports_behind(link, self.stack.services)
        for claim in self._claims():
            for one, other, port in self._spoken(claim) if claim.form is Form.CAN else ():
                if isinstance(one, str) and isinstance(other, str):
                    known = listening(other, self.stack.services[other])
                    yield one, other, (port,) if port else known

    def _spoken(self, claim: Claim) -> Iterator[tuple[End, End, Port | None]]:
        for one, other, port in spoken_of(self.topology, claim.text):
            yield one, other, (port.number, port.protocol) if port else None

    def _claims(self) -> Iterator[Claim]:
        for text in self.stack.policy.claims:
            with suppress(ClaimError):
                yield parse(text)

    def _pod(self, end: End) -> End:
        return self.topology.holders[end].name if isinstance(end, str) else end
