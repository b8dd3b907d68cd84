"""What a topology is made of: members, segments, and what ties them together.

These are neutral: a stack file, what was read from an engine and a wanted state all become the same types.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field

from topology.findings import Path
from topology.relay import Relay

BRIDGE = "bridge"
"""The engine's own bridge network: no names, no aliases (cases 3a and 3h)."""


class Mode(enum.Enum):
    """Where a member's network stack comes from."""

    NETWORKS = "networks"
    HOST = "host"
    NONE = "none"
    SHARED = "shared"
    UNKNOWN = "unknown"


class Taint(Struct, frozen=True, kw_only=True):
    """Something that lets a member leave its networks; `text` continues the sentence "NAME ..."."""

    text: str
    path: Path = ()


class Publish(enum.Enum):
    """Where a port is opened: on the one host there is, or on nodes of a Swarm."""

    HOST = "host"
    ITS_NODES = "nodes of its tasks"
    EVERY_NODE = "every node"


class Binding(Struct, frozen=True, kw_only=True):
    """A published port as asked for. `host_ports` is None where the engine picks one."""

    target: int
    protocol: str = "tcp"
    host_ip: str | None = None
    host_ports: tuple[int, int] | None = None
    publish: Publish = Publish.HOST
    path: Path = ()


class Joint(Struct, frozen=True, kw_only=True):
    """One member's attachment to one segment."""

    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    gw_priority: int = 0
    wakes_ipv6: bool = False
    path: Path = ()


class Tie(Struct, frozen=True, kw_only=True):
    """A link: `target` is called `alias` by this member alone."""

    target: str
    alias: str
    port: int | None = None
    path: Path = ()


class Medium(enum.Enum):
    """What data passes through without a packet being sent (cases 14k and 14l)."""

    VOLUME = "volume"
    FOLDER = "folder"
    MEMORY = "memory"
    PROCESSES = "processes"


class Shared(Struct, frozen=True, kw_only=True):
    """Something of a member's that others may have in common with it: which volume, folder, whose memory."""

    medium: Medium
    of: str
    path: Path = ()


class Member(Struct, frozen=True, kw_only=True):
    """One service: its network stack or, with `shares`, the member whose stack it lives in.

    `names` resolve on each user-defined network it joins, and so do `containers`, the names that the engine
    knows its containers by. `virtual`: all but those of single tasks lead to an address that a Swarm puts
    before them. `ports` are (port, protocol) pairs that it is known to listen on, most telling first.
    """

    name: str
    replicas: int = 1
    virtual: bool = False
    mode: Mode = Mode.NETWORKS
    shares: str | None = None
    joints: Mapping[str, Joint] = field(default_factory=lambda: MappingProxyType({}))
    bindings: tuple[Binding, ...] = ()
    ports: tuple[tuple[int, str], ...] = ()
    names: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    hostname: str | None = None
    hosts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ties: tuple[Tie, ...] = ()
    waits_for: tuple[str, ...] = ()
    capabilities: frozenset[str] = frozenset()
    wakes_ipv6: bool = False
    shares_with: tuple[Shared, ...] = ()
    taints: tuple[Taint, ...] = ()
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    image: str | None = None
    relay: Relay | None = None
    path: Path = ()

    @property
    def net_admin(self) -> bool:
        """May set routes and addresses of its own."""
        return not self.capabilities.isdisjoint({"NET_ADMIN", "ALL"})


class Segment(Struct, frozen=True, kw_only=True):
    """A network. `name` is what the stack calls it, `engine_name` what the engine calls and sorts it by.

    Options are held as written; whether the engine heeds them is the engine's part.
    """

    name: str
    engine_name: str = ""
    driver: str = "bridge"
    internal: bool = False
    icc: bool = True
    inhibit_ipv4: bool = False
    ipv6: bool = False
    gateway_mode: str = "nat"
    gateway_mode_ipv6: str = "nat"
    host_binding_ipv4: str | None = None
    trusts_interfaces: bool = False
    has_parent: bool = False
    subnet: str | None = None
    gateway: str | None = None
    external: bool = False
    encrypted: bool = False
    path: Path = ()

    @property
    def is_bridge(self) -> bool:
        return self.driver == "bridge"

    @property
    def is_overlay(self) -> bool:
        """Members on all nodes of a Swarm talk to each other, whatever options of bridges say (case 21g)."""
        return self.driver == "overlay"

    @property
    def is_lan(self) -> bool:
        """Members stand on the physical network themselves, past Docker's rules."""
        return self.driver in {"macvlan", "ipvlan"}

    @property
    def is_shut_lan(self) -> bool:
        """The engine puts it on a parent of its own making, which leads nowhere."""
        return self.is_lan and (self.internal or not self.has_parent)

    @property
    def has_names(self) -> bool:
        return self.engine_name != BRIDGE

    @property
    def gateway_text(self) -> str:
        """The host's address on this network: known, or in words."""
        return self.gateway or f"{self.name}'s gateway"


def first_address(subnet: str | None, ip_range: str | None = None) -> str | None:
    """The gateway that the engine takes where none is given: the first address that it may give away.

    That is the first of `ip_range`, its network address too unless that is the subnet's as well.
    """
    if subnet is None:
        return None
    try:
        network = ipaddress.ip_network(subnet, strict=False)
        part = ipaddress.ip_network(ip_range or subnet, strict=False)
    except ValueError:
        return None
    if part.network_address != network.network_address:
        return str(part.network_address)
    return str(network[1]) if network.num_addresses > 1 else None


def is_loopback(address: str) -> bool:
    """True for what only the host's own network stack can open."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address == "localhost"
