"""What a network stack's attachments amount to under one engine: computed once, asked by every verdict."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from topology.graph.engine import Assumptions, Engine
from topology.graph.parts import Binding, Member, Mode, Segment, is_loopback

ANY_IPV4 = "0.0.0.0"  # noqa: S104  # what a port is published on, nothing is bound here
ANY_IPV6 = "::"


class Place(enum.Enum):
    """The two ends that are no service."""

    WORLD = "world"
    HOST = "host"


WORLD = Place.WORLD
"""Everything beyond this host."""
HOST = Place.HOST
"""Programs on the Docker host."""

Holder = str | Place
"""Whose network stack: a member's name, or the host's for all that share it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A binding that takes effect, with the host addresses it listens on."""

    binding: Binding
    addresses: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Listens on more than loopback."""
        return any(not is_loopback(address) for address in self.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One network stack, seen from the packets.

    `peers` are the segments whose members talk to each other; `exit` is the non-internal bridge that leads
    to the host's addresses and beyond; `meets_host` is the bridge on which it and programs of the host reach
    each other; `gateway` carries the published ports; `order` is the one in which names are looked up.
    """

    holder: Holder
    mode: Mode
    peers: frozenset[str] = frozenset()
    bridges: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    exit: str | None = None
    meets_host: str | None = None
    gateway: str | None = None
    doors: tuple[Door, ...] = ()
    lan: str | None = None
    other: str | None = None
    ipv6: str | None = None
    ipv6_exit: str | None = None
    routed: str | None = None
    unprotected: str | None = None

    @property
    def is_open(self) -> bool:
        """Publishes at least one port to more than the host itself."""
        return any(door.is_open for door in self.doors)


HOST_STANDING = Standing(holder=HOST, mode=Mode.HOST)


def standing(member: Member, segments: Mapping[str, Segment], assumptions: Assumptions) -> Standing:
    """What `member`'s own attachments amount to; `member` must not share another's stack."""
    if member.mode is Mode.HOST:
        return HOST_STANDING
    if member.mode is not Mode.NETWORKS:
        return Standing(holder=member.name, mode=member.mode)
    engine = assumptions.engine
    order = resolution_order(member, segments, engine)
    joined = [segments[name] for name in order]
    bridges = [segment for segment in joined if segment.is_bridge]
    exits = [segment for segment in bridges if not is_closed(segment, engine)]
    gateway = gateway_network(joined, engine)
    return Standing(
        holder=member.name,
        mode=member.mode,
        peers=frozenset(segment.name for segment in joined if segment.icc),
        bridges=tuple(segment.name for segment in bridges),
        order=order,
        exit=_first(exits),
        meets_host=_first(segment for segment in bridges if hosts_answer(segment, engine)),
        gateway=gateway.name if gateway else None,
        doors=tuple(_doors(member, gateway, engine)),
        lan=_first(segment for segment in joined if segment.is_lan),
        other=_first(segment for segment in joined if not segment.is_lan and not segment.is_bridge),
        ipv6=_first(segment for segment in bridges if segment.ipv6),
        ipv6_exit=_first(segment for segment in exits if segment.ipv6),
        routed=_first(segment for segment in exits if mode_of(segment, engine) == "routed"),
        unprotected=_first(segment for segment in exits if mode_of(segment, engine) == "nat-unprotected"),
    )


def mode_of(segment: Segment, engine: Engine) -> str:
    """The gateway mode that the engine heeds: below 28.0 always `nat` (case 5n)."""
    return segment.gateway_mode if engine.knows_gateway_modes else "nat"


def is_closed(segment: Segment, engine: Engine) -> bool:
    """Leads nowhere but to its own members, for IPv4."""
    return segment.internal or mode_of(segment, engine) == "isolated"


def hosts_answer(segment: Segment, engine: Engine) -> bool:
    """Members and programs of the host reach each other, unless the bridge has no address (5m, 5n)."""
    return not segment.inhibit_ipv4 and mode_of(segment, engine) != "isolated"


def resolution_order(member: Member, segments: Mapping[str, Segment], engine: Engine) -> tuple[str, ...]:
    """The networks of a member in the order its names are looked up (case 12i and its 28.5 form).

    Name order of the engine's names, internal networks last; from 28.0 `gw_priority` goes before both.
    """

    def rank(name: str) -> tuple[int, bool, str]:
        segment = segments[name]
        priority = member.joints[name].gw_priority if engine.knows_gateway_priority else 0
        return (-priority, segment.internal, segment.engine_name or name)

    return tuple(sorted((name for name in member.joints if name in segments), key=rank))


def gateway_network(joined: Iterable[Segment], engine: Engine) -> Segment | None:
    """The network that carries default route and published ports; internal ones never (cases 15a to 15h)."""
    return next((segment for segment in joined if not is_closed(segment, engine)), None)


def _doors(member: Member, gateway: Segment | None, engine: Engine) -> Iterable[Door]:
    """The bindings that take effect: none without a bridge as gateway network (cases 5j, 15f and 17d)."""
    if gateway is None or not gateway.is_bridge:
        return
    for binding in member.bindings:
        yield Door(binding=binding, addresses=_addresses(binding, gateway, engine))


def _addresses(binding: Binding, gateway: Segment, engine: Engine) -> tuple[str, ...]:
    """Where a binding listens on the host; a routed family listens nowhere."""
    asked = (binding.host_ip,) if binding.host_ip else _default_addresses(gateway)
    if not engine.knows_gateway_modes:
        return asked
    modes = {4: gateway.gateway_mode, 6: gateway.gateway_mode_ipv6}
    return tuple(one for one in asked if modes[6 if ":" in one else 4] != "routed")


def _default_addresses(gateway: Segment) -> tuple[str, ...]:
    """Without a host address: the network's own default, else all of IPv4 and IPv6 (case 6s)."""
    if gateway.host_binding_ipv4 and gateway.host_binding_ipv4 != ANY_IPV4:
        return (gateway.host_binding_ipv4,)
    return (ANY_IPV4, ANY_IPV6)


def _first(segments: Iterable[Segment]) -> str | None:
    return next((segment.name for segment in segments), None)
