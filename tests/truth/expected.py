"""What the model says that packets will do: for every connection one could try, who answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from tests.truth.scene import HOST, OUTSIDE, WORLD, Place, Scene
from tests.truth.worlds import PORTS
from topology import graph
from topology.graph import Mode, Topology
from topology.graph.doors import ANY_IPV4
from topology.reach import Answer, End, Kind, Route, answer, reach
from topology.reach.addresses import opens

Aim = tuple[str, int]
"""An address and a port to try."""
ENDS = {HOST: graph.HOST, WORLD: graph.WORLD}


class Model(Struct, frozen=True, dict=True):
    """The topology of a stack beside what became of it."""

    topology: Topology
    scene: Scene

    def end(self, place: str) -> End:
        """Who the model takes a place for."""
        return ENDS.get(place) or self.scene.places[place].service

    def place_names(self, end: End) -> list[str]:
        """The network stacks of an end: one for each replica of the service that holds it."""
        if not isinstance(end, str):
            return [end.value]
        standing = self.topology.standings[end]
        if standing.mode is Mode.HOST:
            return [HOST]
        holder = self.topology.holders[end].name
        return [place.name for place in self.scene.places.values() if place.service == holder]

    @cached_property
    def ends(self) -> tuple[End, ...]:
        return (*self.topology.members, graph.HOST, graph.WORLD)

    @cached_property
    def behind(self) -> dict[Aim, tuple[str, int]]:
        """For each place one can aim at, whom it leads to and at which of his ports, if it leads anywhere."""
        found = {(OUTSIDE, port): (WORLD, port) for port in PORTS}
        found |= {(address, port): (HOST, port) for address in self.scene.host_addresses for port in PORTS}
        for place in self.scene.places.values():
            for port in PORTS:
                found |= {(address, port): (place.name, port) for address in place.addresses.values()}
        return {**self._knocks, **found}

    @cached_property
    def _knocks(self) -> dict[Aim, tuple[str, int]]:
        """Each published port at each address of the host; where two share a number, at their own."""
        there: dict[Aim, tuple[str, int]] = {}
        elsewhere: dict[Aim, tuple[str, int]] = {}
        for place in self.scene.places.values():
            for one in place.openings:
                for address in self.scene.host_addresses:
                    right = one.host_ip in {ANY_IPV4, address}
                    (there if right else elsewhere)[address, one.host_port] = (place.name, one.target)
        return {**elsewhere, **there}

    def aims(self, source: str) -> list[Aim]:
        """Every address and port to try from a place: all but those of its own service's containers."""
        places = self.scene.places
        alike = [one for one in places.values() if source in places and one.service == places[source].service]
        own = {address for one in alike for address in one.addresses.values()}
        return [aim for aim in self.behind if aim[0] not in own]

    def open_aims(self, source: str) -> dict[Aim, str]:
        """The connections that succeed, and who answers them."""
        found: dict[Aim, str] = {}
        for target in self.ends:
            routes = reach(self.topology, self.end(source), target).routes
            for route in (one for one in routes if one.certain):
                found |= dict(self._open(source, target, route))
        return found

    def _open(self, source: str, target: End, route: Route) -> Iterator[tuple[Aim, str]]:
        if route.kind is Kind.SAME_STACK:
            own = self.scene.host_addresses if source == HOST else ("127.0.0.1",)
            yield from (((address, port), source) for address in own for port in PORTS)
        elif route.kind is Kind.EXIT:
            yield from (((OUTSIDE, port), WORLD) for port in PORTS)
        elif route.kind is Kind.TO_HOST:
            for address in self._host_addresses(source, published=False):
                yield from (((address, port), HOST) for port in PORTS)
        for name in self.place_names(target):
            if name in self.scene.places:
                yield from self._into(source, self.scene.places[name], route)

    def _into(self, source: str, place: Place, route: Route) -> Iterator[tuple[Aim, str]]:
        if route.kind in {Kind.DIRECT, Kind.HOST}:
            yield from (((place.addresses[str(route.network)], port), place.name) for port in PORTS)
        elif route.kind is Kind.ROUTED and route.port in PORTS:
            yield (place.addresses[str(route.network)], route.port), place.name
        elif route.kind is Kind.PUBLISHED:
            for one in place.openings:
                if one.target == route.port:
                    heard = self._host_addresses(source, published=True)
                    for address in (each for each in heard if one.host_ip in {ANY_IPV4, each}):
                        yield (address, one.host_port), place.name

    def _host_addresses(self, source: str, *, published: bool) -> Iterator[str]:
        end = self.end(source)
        for address in self.scene.host_addresses:
            if opens(self.topology, end, address, published=published):
                yield address

    def doubts(self, source: str) -> set[tuple[str, int]]:
        """Ports of places that may or may not be reached: it is not for the engine to say."""
        found = set()
        for target in self.ends:
            for port in PORTS:
                routes = reach(self.topology, self.end(source), target, port).routes
                if any(not route.certain for route in routes):
                    found |= {(name, port) for name in self.place_names(target)}
        return found

    def answer(self, source: End, target: End, port: int) -> Answer:
        return answer(self.topology, source, target, port)
