"""What a probe needs of the world: somebody who stands in the network stacks of containers."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias

from msgspec import Struct

Place: TypeAlias = str
"""A network stack: the id of a container that has it, or HOST."""

HOST: Place = "host"


class Reply(enum.Enum):
    """What a connection got, or a datagram."""

    TAKEN = "taken"
    HUNG_UP = "hung up"
    REFUSED = "refused"
    SILENCE = "silence"


class Call(Struct, frozen=True):
    """A connection to open from a place, or an empty datagram to send.

    `patient`: the model says that there will be an answer. `door`: somebody may take it for another, and hang
    up once nobody is there.
    """

    place: Place
    address: str
    port: int
    patient: bool = False
    door: bool = False
    protocol: str = "tcp"


class Lookup(Struct, frozen=True):
    """A name to ask the engine for, from a place."""

    place: Place
    name: str


class Listener(Struct, frozen=True):
    """A port that some program listens on; the address is "" for every one."""

    address: str
    port: int
    protocol: str = "tcp"


class Prober(Protocol):
    """Stands in network stacks. None of this changes anything there.

    Every method raises an `EngineError` where a stack cannot be entered.
    """

    @property
    def protocols(self) -> frozenset[str]:
        """What it can call by: tcp, udp."""

    def listeners(self, places: Iterable[Place]) -> Mapping[Place, frozenset[Listener]]:
        """What is listened on, loopback left out."""

    def calls(self, calls: Iterable[Call]) -> Mapping[Call, Reply]:
        """Opens each connection and closes it again; nothing is sent over it. Datagrams are empty."""

    def lookups(self, lookups: Iterable[Lookup]) -> Mapping[Lookup, tuple[str, ...]]:
        """The IPv4 addresses that each name leads to; none where it leads nowhere."""

    def host_addresses(self) -> tuple[str, ...]:
        """The IPv4 addresses of the host itself, loopback left out."""
