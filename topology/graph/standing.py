"""What a network stack's attachments amount to under one engine: computed once, asked by every verdict."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from topology.graph.doors import Door, doors
from topology.graph.engine import Assumptions, Engine
from topology.graph.modes import hosts_answer, is_closed, mode_of
from topology.graph.overlay import GATEWAY_BRIDGE, needs_gateway_bridge
from topology.graph.parts import Member, Mode, Segment


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


class Standing(Struct, frozen=True, kw_only=True):
    """One network stack, seen from the packets.

    `peers` are the segments whose members talk to each other; names are looked up in `order`.
    `gateway` carries the default route and the published ports. `meets` are the bridges on which it and the
    host have addresses; `gates` those of them on which the host's address opens published ports, `walls`
    those on which it does not. `exit` is the bridge through which the default route leads to all other
    addresses of the host and beyond, `hall` the one through which it leads to programs of the host alone.
    `routed` is the gateway network where its own address on it is open from elsewhere; `woken` a bridge on
    which a sysctl woke an IPv6 that the network does not have; `trusting` the gateway network where it opens
    its published ports to neighbours of the host at its own address.
    """

    holder: Holder
    mode: Mode
    peers: frozenset[str] = frozenset()
    bridges: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    gateway: str | None = None
    meets: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    walls: tuple[str, ...] = ()
    exit: str | None = None
    hall: str | None = None
    doors: tuple[Door, ...] = ()
    lan: str | None = None
    other: str | None = None
    ipv6: str | None = None
    ipv6_exit: str | None = None
    woken: str | None = None
    routed: str | None = None
    unprotected: str | None = None
    trusting: str | None = None

    @property
    def is_secluded(self) -> bool:
        """Nothing but a common network leads into it from another container."""
        return self.mode in _OWN and not (
            self.doors or self.lan or self.other or self.ipv6 or self.unprotected
        )

    @property
    def meets_host(self) -> bool:
        """Reaches programs of the host that listen on all its addresses, and the host reaches it."""
        return bool(self.meets or self.woken)

    @property
    def is_open(self) -> bool:
        """Publishes at least one port to more than the host itself."""
        return any(door.is_open for door in self.doors)


_OWN = {Mode.NETWORKS, Mode.NONE}
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
    carriers = _carriers(member, joined, engine)
    bridges = [segment for segment in carriers if segment.is_bridge]
    ways_out = [segment for segment in bridges if not is_closed(segment, engine)]
    meets = [segment for segment in bridges if hosts_answer(segment, engine)]
    gateway = gateway_network(carriers, engine)
    return Standing(
        holder=member.name,
        mode=member.mode,
        peers=frozenset(one.name for one in joined if _talks(one, assumptions)),
        bridges=tuple(segment.name for segment in bridges),
        order=order,
        gateway=gateway.name if gateway else None,
        meets=tuple(segment.name for segment in meets),
        gates=tuple(segment.name for segment in meets if not is_closed(segment, engine)),
        walls=tuple(segment.name for segment in meets if is_closed(segment, engine)),
        exit=gateway.name if gateway in meets else None,
        hall=_hall(joined, gateway, engine),
        doors=tuple(doors(member.bindings, gateway, engine)) if gateway in meets else (),
        lan=_first(segment for segment in joined if segment.is_lan),
        other=_first(segment for segment in carriers if not segment.is_lan and not segment.is_bridge),
        ipv6=_first(segment for segment in bridges if segment.ipv6),
        ipv6_exit=_first(segment for segment in ways_out if segment.ipv6),
        woken=_first(_woken(member, bridges, engine)),
        routed=gateway.name if gateway in meets and mode_of(gateway, engine) == "routed" else None,
        unprotected=_first(segment for segment in ways_out if mode_of(segment, engine) == "nat-unprotected"),
        trusting=gateway.name if gateway in meets and gateway.trusts_interfaces else None,
    )


def _carriers(member: Member, joined: Sequence[Segment], engine: Engine) -> list[Segment]:
    """The networks that meet the host or lead past it: all but overlays, which have a bridge for that."""
    own = [segment for segment in joined if not segment.is_overlay]
    gateway = gateway_network(own, engine)
    leads_out = gateway is not None and (not gateway.is_bridge or hosts_answer(gateway, engine))
    return own if leads_out or not needs_gateway_bridge(member, joined) else [GATEWAY_BRIDGE, *own]


def _talks(segment: Segment, assumptions: Assumptions) -> bool:
    return segment.is_overlay or segment.icc or not assumptions.bridge_netfilter


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


def _hall(joined: Sequence[Segment], gateway: Segment | None, engine: Engine) -> str | None:
    """Before 25.0 the first of a member's networks, all internal, has a default route (cases 5c and 5d)."""
    if gateway or not joined or not engine.internal_meets_every_host_address:
        return None
    return joined[0].name if joined[0].is_bridge and hosts_answer(joined[0], engine) else None


def _woken(member: Member, bridges: Iterable[Segment], engine: Engine) -> Iterator[Segment]:
    """Bridges on which the container has a link-local IPv6 address that nothing filters (case 16g)."""
    for segment in bridges:
        joint = member.joints.get(segment.name)
        by_interface = engine.heeds_interface_sysctls and joint is not None and joint.wakes_ipv6
        if by_interface or (member.wakes_ipv6 and not engine.filters_ipv6):
            yield segment


def _first(segments: Iterable[Segment]) -> str | None:
    return next((segment.name for segment in segments), None)
