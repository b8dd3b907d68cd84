"""Every way packets can take between two network stacks: one function a rule, and the table of them.

The rules were run on engines 20.10.24, 26.1.5 and 28.5.2; numbers such as 6a name the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from topology.graph import Door, Mode, Place
from topology.graph.doors import ANY_IPV4, ANY_IPV6
from topology.graph.overlay import GATEWAY_BRIDGE, INGRESS, publishes_everywhere
from topology.graph.parts import Publish, is_loopback
from topology.reach.addresses import Way, way_to
from topology.reach.beyond import from_world, host_to_world, to_world
from topology.reach.question import Question, Routes, between, is_admin, is_on_overlay, node_text, outside_of
from topology.reach.reasons import listed
from topology.reach.verdict import End, Kind, named


def same_stack(ask: Question) -> Routes:
    """Members of one network stack share even 127.0.0.1 (cases 9a and 8a)."""
    if ask.a.holder == ask.b.holder:
        yield ask.route(Kind.SAME_STACK, network=None)


def direct(ask: Question) -> Routes:
    """One common network that lets its members talk: every port, EXPOSE or not (cases 1a, 5a, 7a)."""
    if ask.a.holder == ask.b.holder:
        return
    for network in sorted(ask.a.peers & ask.b.peers):
        yield ask.route(Kind.DIRECT, network=network)


def from_host(ask: Question) -> Routes:
    """The host opens every port of every bridge container, internal and icc=false too (cases 5h and 8a)."""
    if ask.a.mode is Mode.HOST:
        for network in ask.b.meets:
            yield ask.route(Kind.HOST, network=network)


def to_host(ask: Question) -> Routes:
    """A stack with a bridge opens what the host's own stack listens on (cases 5d and 8c)."""
    if ask.b.mode is Mode.HOST:
        for network in ask.a.meets:
            address = ask.topology.segment(network).gateway_text
            yield ask.route(Kind.TO_HOST, network=network, address=address)
        if ask.a.woken:
            yield ask.route(Kind.TO_HOST, network=ask.a.woken, address=_link_local(ask.a.woken))


def published(ask: Question) -> Routes:
    """A published port, opened at an address of the host, from any network that leads there (6a to 6i)."""
    ways = ask.a.gates or ask.a.ipv6_exit or ask.a.woken or _ipv6_gateway(ask)
    if ask.b.doors and (ask.a.mode is Mode.HOST or ways):
        for door in ask.b.doors:
            if ask.asks_for(door.binding.target, door.binding.protocol):
                yield from _through(ask, door)


def through_ingress(ask: Question) -> Routes:
    """Rules in a task keep it from calling others on `ingress`; NET_ADMIN may drop them (case 21j)."""
    if ask.a.holder == ask.b.holder or not is_admin(ask, ask.source):
        return
    if not publishes_everywhere(ask.topology.holders[str(ask.source)]):
        return
    doubt = f"with NET_ADMIN {named(ask.source)} can drop the rules that keep it from others on {INGRESS}"
    for door in ask.b.doors:
        same = door.binding.publish is Publish.EVERY_NODE
        if same and ask.asks_for(door.binding.target, door.binding.protocol):
            yield ask.route(Kind.FORWARDED, network=INGRESS, binding=door.binding, doubt=doubt)


def on_gateway_bridge(ask: Question) -> Routes:
    """Tasks of one node are no neighbours on docker_gwbridge, as long as bridges are filtered (case 21d)."""
    name = GATEWAY_BRIDGE.name
    if ask.topology.assumptions.bridge_netfilter or ask.a.holder == ask.b.holder:
        return
    if name in ask.a.bridges and name in ask.b.bridges:
        yield ask.route(Kind.FORWARDED, network=name, doubt=f"on one node {name} joins them")


def routed(ask: Question) -> Routes:
    """From 28.0 a routed network's published ports are open at the container's own address (moby#48596).

    Whatever host address the port names, loopback included; not to those on that network itself, and only
    if it is the gateway network, which is where ports are published.
    """
    if ask.b.routed is None or ask.a.mode is not Mode.NETWORKS or ask.b.routed in ask.a.order:
        return
    doubt = None if ask.a.exit else _routed_doubt(ask)
    if ask.a.exit is None and doubt is None:
        return
    for door in ask.b.doors:
        if ask.asks_for(door.binding.target, door.binding.protocol):
            yield ask.route(Kind.ROUTED, network=ask.b.routed, binding=door.binding, doubt=doubt)


def unprotected(ask: Question) -> Routes:
    """From 29.0 a `nat-unprotected` network is open to other networks as it is to the world (moby#49981)."""
    engine, network = ask.topology.assumptions.engine, ask.b.unprotected
    if network and engine.forwards_unprotected and ask.a.exit and network not in ask.a.order:
        doubt = f"from 29.0 {network} is open to other networks: it is nat-unprotected (documented, not run)"
        yield ask.route(Kind.ROUTED, network=network, doubt=doubt)


def ipv6(ask: Question) -> Routes:
    """Before 27.0 nothing filters IPv6: its networks are one, icc=false included (16b, 16c, 7e)."""
    engine = ask.topology.assumptions.engine
    if engine.filters_ipv6 or not (ask.a.ipv6 and ask.b.ipv6) or ask.a.holder == ask.b.holder:
        return
    if engine.internal_forwards_ipv6 or (ask.a.ipv6_exit and ask.b.ipv6_exit) or _same_ipv6(ask):
        yield ask.route(Kind.IPV6, network=ask.b.ipv6)
    elif is_admin(ask, ask.source):
        doubt = f"{named(ask.source)} has NET_ADMIN and may add the IPv6 route that internal networks lack"
        yield ask.route(Kind.IPV6, network=ask.b.ipv6, doubt=doubt)


def lan(ask: Question) -> Routes:
    """Between the physical network and others Docker has no say (cases 17a to 17f)."""
    ends = outside_of(ask.a), outside_of(ask.b)
    if not any(ends) or not ask.a.peers.isdisjoint(ask.b.peers) or ask.a.holder == ask.b.holder:
        return
    if (ends[0] and (ends[1] or ask.b.is_open)) or (ends[1] and ask.a.exit):
        network = ends[0] or ends[1]
        doubt = f"{network} is outside Docker's control: what it leads to is decided by the network beyond"
        yield ask.route(Kind.LAN, network=network, doubt=doubt)


def forwarded(ask: Question) -> Routes:
    """A container between two networks forwards for those that may set routes (cases 4d, 4e and 21k)."""
    if ask.a.holder == ask.b.holder or not is_admin(ask, ask.source) or ask.b.mode is not Mode.NETWORKS:
        return
    drops = ask.topology.assumptions.drops_forwarding_members
    for name in between(ask):
        if drops and not is_on_overlay(ask, name):
            continue
        if is_admin(ask, name) or is_admin(ask, ask.target):
            doubt = (
                f"with NET_ADMIN {named(ask.source)} can set a route through {name}, which is on both sides"
            )
            yield ask.route(Kind.FORWARDED, network=name, doubt=doubt)
            return


RULES: tuple[Callable[[Question], Routes], ...] = (
    same_stack,
    direct,
    from_host,
    to_host,
    published,
    through_ingress,
    on_gateway_bridge,
    routed,
    unprotected,
    ipv6,
    lan,
    forwarded,
)
"""All routes between network stacks; adding a rule of Docker's is adding a function here."""


def _through(ask: Question, door: Door) -> Routes:
    """The routes through one binding, by the address that the source can use."""
    addresses = tuple(_usable(ask, door))
    for address, doubt in addresses[:1]:
        yield ask.route(
            Kind.PUBLISHED, network=ask.b.gateway, binding=door.binding, address=address, doubt=doubt
        )


def _usable(ask: Question, door: Door) -> Iterator[tuple[str, str | None]]:
    """The addresses of a door that the source can open, the certain ones first, each with its doubt."""
    if ask.a.mode is Mode.HOST and door.binding.publish is not Publish.HOST:
        yield node_text(ask.target, door), None
        return
    if ask.a.mode is Mode.HOST:
        yield from ((_at_host(address), None) for address in door.addresses)
        return
    if not _crosses(ask, door):
        return
    found = [_opened(ask, door, address) for address in door.addresses if not is_loopback(address)]
    yield from sorted((one for one in found if one), key=lambda one: one[1] is not None)


def _opened(ask: Question, door: Door, address: str) -> tuple[str, str | None] | None:
    """How a container opens one host address of a door: the address as seen by it, and the doubt."""
    if door.binding.publish is not Publish.HOST:
        return _opened_on_nodes(ask, door, address)
    if ":" in address:
        return _opened_ipv6(ask, address)
    if address == ANY_IPV4:
        return (ask.topology.segment(ask.a.gates[0]).gateway_text, None) if ask.a.gates else None
    match way_to(ask.topology, ask.a, address):
        case Way.GATE:
            return address, None
        case Way.EXIT if door.binding.protocol != "udp" or _answers_udp(ask):
            return address, None
        case Way.EXIT | Way.UNKNOWN if _has_unknown_gate(ask):
            return address, f"it opens only if {address} is the host's address on {listed(ask.a.gates, 'or')}"
        case _:
            return None


def _opened_on_nodes(ask: Question, door: Door, address: str) -> tuple[str, str | None] | None:
    """Whoever leads out reaches the addresses of all nodes (cases 21h and 21i)."""
    if not ask.a.gates or address != ANY_IPV4:
        return None
    return node_text(ask.target, door), None


def _answers_udp(ask: Question) -> bool:
    """Before 28.0 a UDP answer comes back only from the client's own gateway (case 6v, moby#48571)."""
    return ask.topology.assumptions.engine.answers_udp_anywhere


def _has_unknown_gate(ask: Question) -> bool:
    return any(ask.topology.segment(name).gateway is None for name in ask.a.gates)


def _opened_ipv6(ask: Question, address: str) -> tuple[str, str | None] | None:
    """IPv6 addresses of the host open to stacks with IPv6; internal ones too before 27.0 (case 16d)."""
    own = ask.a.ipv6_exit or _ipv6_gateway(ask)
    if own is None and ask.a.woken and address == ANY_IPV6:
        return _link_local(ask.a.woken), None
    if own:
        return (f"{own}'s IPv6 gateway" if address == ANY_IPV6 else f"[{address}]"), None
    if ask.a.gates and address == ANY_IPV6 and _asked_for_ipv6(ask, address):
        return "::", "a port published on [::] may answer IPv4 as well"
    return None


def _link_local(network: str) -> str:
    return f"{network}'s link-local IPv6 address"


def _asked_for_ipv6(ask: Question, address: str) -> bool:
    return any(door.binding.host_ip == address for door in ask.b.doors)


def _ipv6_gateway(ask: Question) -> str | None:
    """The IPv6 network, internal too, whose gateway answers for published ports before 27.0 (case 16d)."""
    return None if ask.topology.assumptions.engine.filters_ipv6 else ask.a.ipv6


def _crosses(ask: Question, door: Door) -> bool:
    """With the userland proxy off a port opens only from its own network, before 29.0 (cases 6c and 6k)."""
    settings = ask.topology.assumptions
    if door.binding.publish is Publish.EVERY_NODE:
        return True
    return settings.crosses_networks or (settings.bridge_netfilter and ask.b.gateway in ask.a.peers)


def _at_host(address: str) -> str:
    return {ANY_IPV4: "127.0.0.1", ANY_IPV6: "[::1]"}.get(address, address)


def _routed_doubt(ask: Question) -> str | None:
    """An internal network reaches routed ones with a route of its own, if the routed one came later."""
    if not is_admin(ask, ask.source) or not ask.a.bridges:
        return None
    return f"{named(ask.source)} has NET_ADMIN and may add a route to {ask.b.routed}"


def _same_ipv6(ask: Question) -> bool:
    return any(
        ask.topology.segment(name).ipv6 and name in ask.b.bridges and name not in ask.a.peers
        for name in ask.a.bridges
    )


def rules_for(source: End, target: End) -> tuple[Callable[[Question], Routes], ...]:
    """The rules that apply between these two ends."""
    if source is Place.WORLD:
        return (host_to_world,) if isinstance(target, Place) else (from_world,)
    return (to_world,) if target is Place.WORLD else RULES
