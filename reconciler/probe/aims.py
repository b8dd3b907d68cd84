"""Which connections show whether a claim is so, and what the model says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from reconciler.live import stranger_name
from reconciler.probe.seam import HOST, Listener, Place
from reconciler.survey import Sighting, Survey
from topology import graph
from topology.findings import Path
from topology.graph import Mode, Running, Topology
from topology.graph.doors import ANY_IPV4
from topology.graph.parts import BRIDGE, is_loopback
from topology.reach import End, Kind, Route, Source, reach, resolves
from topology.reach.addresses import opens
from topology.structs import replace

MOST_PORTS = 12
"""So many ports of one container are tried where a claim names none."""


class Asked(Struct, frozen=True, kw_only=True):
    """A pair that a claim or a link speaks of; `port` None is any."""

    source: End
    target: End
    port: int | None
    path: Path
    protocol: str = "tcp"


class Aim(Struct, frozen=True, kw_only=True):
    """One call to try: to port `at` of the first of `addresses`, or of the one that `name` leads to.

    `door`: the address is the host's, so that somebody may take the connection for the container, whose port
    is `port`. `model`: whether it should get through; None where Docker's rules do not decide it.
    """

    source: End
    target: End
    caller: Place
    called: Place
    port: int
    at: int
    addresses: tuple[str, ...] = ()
    name: str = ""
    door: bool = False
    model: bool | None = None
    protocol: str = "tcp"


class Stage(Struct, frozen=True, kw_only=True, dict=True):
    """What runs, who stands where and what is listened on there; `interfaces` are the host's addresses."""

    running: Running
    survey: Survey
    listeners: Mapping[Place, frozenset[Listener]]
    interfaces: tuple[str, ...]

    @property
    def topology(self) -> Topology:
        return self.running.whole

    @cached_property
    def places(self) -> Mapping[End, tuple[Place, ...]]:
        """Where each end stands; the world has no place."""
        return places(self.running, self.survey)

    @cached_property
    def sightings(self) -> Mapping[Place, Sighting]:
        return {one.id: one for one in self.survey.sightings}

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Engine's name of a network → what the picture calls it."""
        return {segment.engine_name: name for name, segment in self.topology.segments.items()}

    def holder(self, place: Place) -> Sighting:
        """The container whose network stack it is."""
        one = self.sightings[place]
        while one.shares in self.sightings:
            one = self.sightings[str(one.shares)]
        return one

    def node(self, place: Place) -> str:
        """The node of a Swarm that a place is on; "" where there is but one engine."""
        if place == HOST:
            return self.survey.nodes[0].name if self.survey.nodes else ""
        return self.sightings[place].node

    def node_address(self, place: Place) -> str:
        """Where all nodes find that node."""
        return next(one.address for one in self.survey.nodes if one.name == self.node(place))

    def seats(self, place: Place) -> Iterator[tuple[str, str]]:
        """Network and address of a container."""
        for network, seat in self.holder(place).seats.items():
            yield from ((self.keys.get(network, network), one) for one in seat.addresses)

    def host_addresses(self, *near: Place) -> tuple[str, ...]:
        """The host's IPv4 addresses, of those on the engine's networks only the ones that matter to `near`.

        Others' networks may go while packets are under way. From another node of a Swarm all but one of them
        lead elsewhere.
        """
        if any(self.node(place) != self.node(HOST) for place in near):
            return (self.node_address(HOST),)
        mine = {BRIDGE}.union(*(self.holder(place).seats for place in near if place != HOST))
        others = {one for each in self.survey.networks if each.name not in mine for one in each.gateways}
        return tuple(one for one in self.interfaces if one not in others)


def places(running: Running, survey: Survey) -> dict[End, tuple[Place, ...]]:
    """Where each end stands: its containers' network stacks, or the host's."""
    services = {one.container: one.service for one in running.containers}
    found: dict[End, list[Place]] = {graph.HOST: [HOST]}
    for one in survey.sightings:
        end = services.get(one.name, stranger_name(one, running.own.members))
        if one.runs and one.pid and end in running.whole.members:
            on_host = running.whole.standings[end].mode is Mode.HOST
            found.setdefault(end, []).append(HOST if on_host else one.id)
    return {end: tuple(dict.fromkeys(some)) for end, some in found.items()}


def aims(stage: Stage, asked: Asked) -> Iterator[Aim]:
    """Every connection that shows whether `asked` is so; none where an end has no place here."""
    for called in stage.places.get(asked.target, ()):
        for port in _ports(stage, asked, called):
            if asked.source is graph.WORLD and called != HOST:
                yield from _as_from_beyond(stage, asked, called, port)
            routes = reach(stage.topology, asked.source, asked.target, port, asked.protocol).routes
            for caller in stage.places.get(asked.source, ()):
                aim = Aim(
                    source=asked.source,
                    target=asked.target,
                    caller=caller,
                    called=called,
                    port=port,
                    at=port,
                    protocol=asked.protocol,
                )
                if caller != called:
                    yield from _addresses(stage, aim, routes)
                    yield from _doors(stage, aim, routes)
                    yield from _names(stage, aim, routes)


def _as_from_beyond(stage: Stage, asked: Asked, called: Place, port: int) -> Iterator[Aim]:
    """What is published to the world, as the host itself gets it at its outward addresses.

    It shows that somebody takes such packets. What others get may be otherwise, so it proves nothing.
    """
    others = {one for each in stage.survey.networks for one in each.gateways}
    outward = tuple(one for one in stage.interfaces if one not in others)
    if stage.survey.nodes:
        outward = (stage.node_address(called),)
    for one in stage.holder(called).openings:
        if (one.target, one.protocol) == (port, asked.protocol) and ":" not in one.host_ip:
            for address in outward if one.host_ip in {"", ANY_IPV4} else (one.host_ip,):
                if not is_loopback(address):
                    yield Aim(
                        source=asked.source,
                        target=asked.target,
                        caller=HOST,
                        called=called,
                        port=port,
                        at=one.host_port,
                        addresses=(address,),
                        door=True,
                        protocol=asked.protocol,
                    )


def _ports(stage: Stage, asked: Asked, called: Place) -> tuple[int, ...]:
    """The port that is asked for, else what the file says is listened on, and what really is.

    What the host listens on for containers is none of its own programs'.
    """
    if asked.port is not None:
        return (asked.port,)
    member = stage.topology.members.get(asked.target) if isinstance(asked.target, str) else None
    known = [port for port, protocol in (member.ports if member else ()) if protocol == "tcp"]
    heard = {one.port for one in stage.listeners.get(called, ()) if one.protocol == "tcp"}
    if called == HOST:
        heard -= {opening.host_port for one in stage.survey.sightings for opening in one.openings}
    return tuple(dict.fromkeys([*known, *sorted(heard)]))[:MOST_PORTS]


def _addresses(stage: Stage, aim: Aim, routes: Iterable[Route]) -> Iterator[Aim]:
    """The called one's own addresses."""
    seats = stage.seats(aim.called) if aim.called != HOST else _of_host(stage, aim.caller)
    for network, address in seats:
        led = [one for one in routes if _leads(stage, aim, one, network, address)]
        certain = any(route.certain for route in led)
        doubtful = any(not route.certain for route in routes)
        yield replace(aim, addresses=(address,), model=True if certain else None if doubtful else False)


def _of_host(stage: Stage, caller: Place) -> Iterator[tuple[str, str]]:
    yield from (("", address) for address in stage.host_addresses(caller))


def _leads(stage: Stage, aim: Aim, route: Route, network: str, address: str) -> bool:
    match route.kind:
        case Kind.SAME_STACK:
            return True
        case Kind.TO_HOST:
            return opens(stage.topology, aim.source, address, published=False)
        case Kind.DIRECT | Kind.HOST:
            return route.network == network
        case Kind.ROUTED:
            return route.network == network and route.port == aim.port
        case Kind.IPV6:
            return ":" in address
        case _:
            return False


def _doors(stage: Stage, aim: Aim, routes: Iterable[Route]) -> Iterator[Aim]:
    """Its published ports, at the addresses of the host."""
    if aim.called == HOST:
        return
    ways = [route for route in routes if route.kind is Kind.PUBLISHED]
    for one in stage.holder(aim.called).openings:
        if (one.target, one.protocol) == (aim.port, aim.protocol) and ":" not in one.host_ip:
            for address in _addresses_of_door(stage, aim, one.host_ip):
                certain = any(route.certain for route in ways)
                model = certain and opens(stage.topology, aim.source, address, published=True)
                yield replace(
                    aim,
                    addresses=(address,),
                    at=one.host_port,
                    door=True,
                    model=model or (None if ways and not certain else False),
                )


def _addresses_of_door(stage: Stage, aim: Aim, host_ip: str) -> tuple[str, ...]:
    if stage.survey.nodes:
        return (stage.node_address(aim.called),)
    if host_ip in {"", ANY_IPV4}:
        return ("127.0.0.1",) if aim.caller == HOST else stage.host_addresses(aim.caller, aim.called)
    return (host_ip,) if aim.caller == HOST or not is_loopback(host_ip) else ()


def _names(stage: Stage, aim: Aim, routes: Iterable[Route]) -> Iterator[Aim]:
    """Its names, as far as somebody near the caller has them: for others the engine would ask elsewhere."""
    source, target = aim.source, aim.target
    if not (isinstance(source, str) and isinstance(target, str)) or HOST in (aim.caller, aim.called):
        return
    if aim.called != stage.places[target][0]:
        return
    mine = tuple(address for place in stage.places[target] for address in _led_to(stage, place))
    direct = {route.network for route in routes if route.certain and route.kind is Kind.DIRECT}
    lodges = any(route.kind is Kind.SAME_STACK for route in routes)
    for name in _called(stage.topology, source, target):
        found = resolves(stage.topology, source, name)
        if found.source in {Source.NETWORK, Source.LINK} and _is_held(stage, aim.caller, source, name):
            shared = target in found.holders and len(found.holders) > 1
            model = found.holders == (target,) and (lodges or found.network in direct)
            yield replace(aim, addresses=mine, name=name, model=None if shared else model)


def _led_to(stage: Stage, place: Place) -> Iterator[str]:
    """What its names may lead to: itself, or whom a Swarm puts before it."""
    yield from (address for _, address in stage.seats(place))
    yield from (address for seat in stage.holder(place).seats.values() for address in seat.virtual)


def _called(topology: Topology, source: str, target: str) -> tuple[str, ...]:
    """What the target is called by the source: its own name, its names by links, its aliases."""
    ties = topology.holders[source].ties
    aliases = (alias for joint in topology.members[target].joints.values() for alias in joint.aliases)
    return tuple(dict.fromkeys([target, *(tie.alias for tie in ties if tie.target == target), *aliases]))


def _is_held(stage: Stage, caller: Place, source: str, name: str) -> bool:
    """Whether the engine itself knows the name on one of the caller's networks."""
    if any(tie.alias.lower() == name.lower() for tie in stage.topology.holders[source].ties):
        return True
    near = stage.holder(caller).seats
    seats = (seat for one in stage.survey.sightings for network, seat in one.seats.items() if network in near)
    return any(name.lower() == each.lower() for seat in seats for each in seat.names)
