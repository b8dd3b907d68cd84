"""Routes that begin or end beyond this host."""

from __future__ import annotations

from collections.abc import Iterator

from topology.graph import HOST, Door, Mode
from topology.graph.doors import ANY_IPV4, ANY_IPV6
from topology.graph.parts import Publish, is_loopback
from topology.reach.question import Question, Routes, node_text, outside_of
from topology.reach.verdict import Kind


def from_world(ask: Question) -> Routes:
    """Open to everybody beyond this host: what is published, and the host's own stack (case 6l)."""
    if ask.b.mode is Mode.HOST:
        yield ask.route(Kind.TO_HOST, network="host", address="host")
    for door in ask.b.doors:
        if ask.asks_for(door.binding.target, door.binding.protocol):
            yield from _from_beyond(ask, door)
    yield from _past_the_host(ask)


def to_world(ask: Question) -> Routes:
    """A network that is not internal leads beyond this host (case 5c)."""
    if ask.a.mode is Mode.HOST:
        yield ask.route(Kind.EXIT, network="host")
    elif ask.a.exit:
        yield ask.route(Kind.EXIT, network=ask.a.exit)
    elif ask.a.lan:
        shut = f"{ask.a.lan} has no interface of the host's for a parent, or is internal"
        doubt = shut if ask.topology.segment(ask.a.lan).is_shut_lan else None
        yield ask.route(Kind.EXIT, network=ask.a.lan, doubt=doubt)
    elif ask.a.other:
        doubt = f"{ask.a.other} is outside Docker's bridges"
        yield ask.route(Kind.EXIT, network=ask.a.other, doubt=doubt)
    elif ask.a.ipv6 and ask.topology.assumptions.engine.internal_forwards_ipv6:
        doubt = f"before 25.0 the internal network {ask.a.ipv6} forwards IPv6"
        yield ask.route(Kind.EXIT, network=ask.a.ipv6, doubt=doubt)


def _from_beyond(ask: Question, door: Door) -> Routes:
    """One binding from beyond the host; before 28.0 a neighbour need not ask the host (cases 6m and 6n)."""
    beyond = [address for address in door.addresses if not is_loopback(address)]
    if beyond:
        address = _seen_from_beyond(ask, door, beyond[0])
        yield ask.route(Kind.PUBLISHED, network=ask.b.gateway, binding=door.binding, address=address)
    guarded = ask.topology.assumptions.engine.guards_container_addresses
    if door.addresses and (ask.b.trusting or not guarded):
        trusted = f"a machine on an interface that {ask.b.trusting} trusts {_OWN_ADDRESS}"
        doubt = trusted if guarded else f"before 28.0 a machine next to the host {_OWN_ADDRESS} (moby#45610)"
        yield ask.route(Kind.LAN, network=ask.b.gateway, binding=door.binding, doubt=doubt)


_OWN_ADDRESS = "can open it at the container's own address"


def _seen_from_beyond(ask: Question, door: Door, address: str) -> str:
    if door.binding.publish is not Publish.HOST:
        return node_text(ask.target, door)
    return "host" if address in {ANY_IPV4, ANY_IPV6} else address


def _past_the_host(ask: Question) -> Routes:
    """Routes that a machine beyond has if it knows the way to the container's own address."""
    for network, why in _own_address(ask):
        yield ask.route(Kind.LAN, network=network, doubt=why)


def _own_address(ask: Question) -> Iterator[tuple[str, str]]:
    """Networks on which a machine beyond may open the container's own address, and why."""
    b, engine = ask.b, ask.topology.assumptions.engine
    if outside := outside_of(b):
        yield outside, f"{outside} is outside Docker's control: who is on it is not known here"
    if b.unprotected:
        yield b.unprotected, f"{b.unprotected} is nat-unprotected: open to whoever has a route to it"
    if b.routed and any(ask.asks_for(one.binding.target, one.binding.protocol) for one in b.doors):
        yield b.routed, f"{b.routed} is routed: its published ports are open to whoever has a route to it"
    if b.ipv6 and not engine.filters_ipv6 and (b.ipv6_exit or engine.internal_forwards_ipv6):
        yield b.ipv6, f"before 27.0 {b.ipv6} is open by IPv6 to whoever has a route to it"


def host_to_world(ask: Question) -> Routes:
    """Between the host and the world Docker has no say."""
    doubt = "what the host's own programs open is not Docker's to decide"
    yield ask.route(Kind.LAN, network=HOST.value, doubt=doubt)
