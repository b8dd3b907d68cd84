"""Which addresses of the host a container gets through to, for its programs and for published ports."""

from __future__ import annotations

import enum

from topology.graph import Mode, Place, Standing, Topology
from topology.graph.parts import is_loopback
from topology.reach.verdict import End


class Way(enum.Enum):
    """How packets to an IPv4 address that a port is published on leave a container.

    GATE: it is the host's address on a network of its own, and opens. WALL: it is that on an internal one,
    where what is published is dropped, whatever other networks there are. EXIT: by the default route.
    UNKNOWN: there is no default route that leads anywhere, and where the address is the file does not say.
    """

    GATE = "gate"
    WALL = "wall"
    EXIT = "exit"
    UNKNOWN = "unknown"


def way_to(topology: Topology, standing: Standing, address: str) -> Way:
    """The way to a host address that is no loopback one, as far as the file gives the networks' addresses."""
    if _is_gateway(topology, standing.gates, address):
        return Way.GATE
    if _is_gateway(topology, standing.walls, address):
        return Way.WALL
    return Way.EXIT if standing.exit else Way.UNKNOWN


def opens(topology: Topology, source: End, address: str, *, published: bool) -> bool:
    """Whether a connection from `source` to an IPv4 address of the host surely gets there.

    `published`: to a published port, which is forwarded, and not to a program of the host.
    """
    if source is Place.WORLD:
        return not is_loopback(address)
    standing = topology.standing_of(source)
    if standing.mode is Mode.HOST:
        return True
    if is_loopback(address):
        return False
    if published:
        return way_to(topology, standing, address) in {Way.GATE, Way.EXIT}
    return bool(standing.exit or standing.hall) or _is_gateway(topology, standing.meets, address)


def _is_gateway(topology: Topology, networks: tuple[str, ...], address: str) -> bool:
    return any(topology.segment(name).gateway == address for name in networks)
