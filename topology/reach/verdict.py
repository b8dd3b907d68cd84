"""What a verdict is: an answer, the routes that prove it or the reasons there are none, the assumptions."""

from __future__ import annotations

import enum

from msgspec import Struct

from topology.graph import Place

End = str | Place
"""A service by its name, or one of the two ends that are no service."""


def named(end: End) -> str:
    """How a verdict calls an end."""
    return end.value if isinstance(end, Place) else end


EVERY_NODE = "any node"
"""Where a port of mode `ingress` is opened."""


class Answer(enum.Enum):
    """Can packets get there? UNPROVABLE where Docker's rules do not decide it."""

    YES = "yes"
    NO = "no"
    UNPROVABLE = "unprovable"


class Kind(enum.Enum):
    """How packets get there."""

    SAME_STACK = "same stack"
    DIRECT = "direct"
    PUBLISHED = "published"
    HOST = "from the host"
    TO_HOST = "to the host"
    ROUTED = "routed"
    IPV6 = "ipv6"
    EXIT = "exit"
    LAN = "lan"
    FORWARDED = "forwarded"


class Route(Struct, frozen=True, kw_only=True):
    """One way from `source` to `target`.

    `port` is the port at the target where one is meant or known; `network` the network it uses;
    `address` and `host_ports` where a published port is opened. A route that is not `certain` depends on
    something outside Docker's rules, and `doubt` says on what.
    """

    kind: Kind
    source: str
    target: str
    port: int | None = None
    protocol: str = "tcp"
    network: str | None = None
    address: str | None = None
    host_ports: tuple[int, int] | None = None
    doubt: str | None = None

    @property
    def on_node(self) -> bool:
        """Opened at the address of a Swarm's node, which no port can be kept from."""
        return self.address in {EVERY_NODE, f"{self.target}'s node"}

    @property
    def certain(self) -> bool:
        return self.doubt is None

    @property
    def aim(self) -> str:
        """The target with its port: `db:5432`."""
        return f"{self.target}{port_text(self.port, self.protocol)}"

    @property
    def opens(self) -> str:
        """What a program at the source connects to: `10.211.1.1:15432`, `db:5432`."""
        if self.kind is Kind.PUBLISHED:
            return f"{self.address}:{range_text(self.host_ports)}{proto_text(self.protocol)}"
        if self.kind is Kind.SAME_STACK:
            return f"127.0.0.1{port_text(self.port, self.protocol)}"
        if self.kind is Kind.TO_HOST:
            return f"{self.address}{port_text(self.port, self.protocol)}"
        return self.aim

    @property
    def text(self) -> str:
        """One line for people: `db_nw: flaskapp -> db:5432`, `10.211.1.1:15432 -> db:5432`."""
        return _TEXTS[self.kind](self)


def port_text(port: int | None, protocol: str) -> str:
    return "" if port is None else f":{port}{proto_text(protocol)}"


def proto_text(protocol: str) -> str:
    return "" if protocol == "tcp" else f"/{protocol}"


def range_text(ports: tuple[int, int] | None) -> str:
    """A host port or a range of them; a word where the engine picks one."""
    if ports is None:
        return "PORT"
    first, last = ports
    return str(first) if first == last else f"{first}-{last}"


_TEXTS = {
    Kind.SAME_STACK: lambda route: f"one network stack: {route.source} -> {route.aim}",
    Kind.DIRECT: lambda route: f"{route.network}: {route.source} -> {route.aim}",
    Kind.PUBLISHED: lambda route: f"{route.opens} -> {route.aim}",
    Kind.HOST: lambda route: f"{route.network}: {route.source} -> {route.aim}",
    Kind.TO_HOST: lambda route: f"{route.network}: {route.source} -> {route.opens} -> {route.target}",
    Kind.ROUTED: lambda route: f"{route.network} (routed): {route.source} -> {route.aim}",
    Kind.IPV6: lambda route: f"{route.network} (IPv6): {route.source} -> {route.aim}",
    Kind.EXIT: lambda route: f"{route.network}: {route.source} -> {route.target}",
    Kind.LAN: lambda route: f"{route.network} (outside Docker): {route.source} -> {route.aim}",
    Kind.FORWARDED: lambda route: f"through {route.network}: {route.source} -> {route.aim}",
}


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether `source` can reach `target`: YES has a certain route, NO and UNPROVABLE have reasons.

    `port` is the one asked for, or None for any. `assumptions` are those this very verdict rests on.
    """

    source: End
    target: End
    port: int | None = None
    protocol: str = "tcp"
    answer: Answer
    routes: tuple[Route, ...] = ()
    reasons: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The route that proves it, or the reasons, in one line."""
        if self.answer is Answer.YES:
            return next(route.text for route in self.routes if route.certain)
        return "; ".join(self.reasons)
