"""How the things of a stack are called: addresses for people, names and labels for the engine."""

from __future__ import annotations

import enum
import hashlib
import re
from typing import Final

from msgspec import Struct

STACK: Final = "topo.stack"
ADDRESS: Final = "topo.address"
SPEC: Final = "topo.spec"
FORMAT: Final = "topo.format"
OWNER: Final = "topo.owner"
BUILD: Final = "topo.build"
JOURNAL: Final = "topo.journal"
LOCK: Final = "topo.lock"
HISTORY: Final = "topo.history"
BY_HAND: Final = "topo.by-hand"
"""On what was made by a command and is of no stack: who made it."""
ADOPTED: Final = "topo.adopted"
PROTECT: Final = "topo.protect"

OWN_LABELS: Final = frozenset(
    {STACK, ADDRESS, SPEC, FORMAT, OWNER, BUILD, JOURNAL, LOCK, HISTORY, ADOPTED, PROTECT, BY_HAND}
)
"""Labels that topo puts on what it makes; they are no part of what the stack says."""

CURRENT_FORMAT: Final = "1"
"""The form of `topo.spec`. It changes only when an old label cannot be read by newer code."""


class Kind(enum.Enum):
    """What an address is about; the order is the order in which plans list them."""

    NETWORK = "network"
    VOLUME = "volume"
    SECRET = "secret"  # noqa: S105  # a kind of thing, and no secret itself
    CONFIG = "config"
    SERVICE = "service"
    STACK = "stack"


_TEMPORARY = re.compile(r".+\.[0-9a-f]{8}")
_TEXT = re.compile(r"(network|volume|secret|config|service|stack)\.([^\[\]]+)(?:\[(\d+)\])?")


class Address(Struct, frozen=True):
    """The name of one thing of a stack for people: `service.web[2]`, `network.db_nw`.

    `replica` counts from 1 for services and is 0 for everything else.
    """

    kind: Kind
    name: str
    replica: int = 0

    def __str__(self) -> str:
        number = f"[{self.replica}]" if self.replica else ""
        return f"{self.kind.value}.{self.name}{number}"

    @property
    def order(self) -> tuple[int, str, int]:
        """Networks, volumes, services; each by name and replica number."""
        return (list(Kind).index(self.kind), self.name, self.replica)

    @staticmethod
    def parse(text: str) -> Address | None:
        """The address that `str` gives back as `text`; None for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        kind, name, replica = match.groups()
        return Address(Kind(kind), name, int(replica or 0))


def service(name: str, replica: int) -> Address:
    """The address of one replica."""
    return Address(Kind.SERVICE, name, replica)


def network(name: str) -> Address:
    """The address of a network by its name in the stack file."""
    return Address(Kind.NETWORK, name)


def volume(name: str) -> Address:
    """The address of a volume by its name in the stack file."""
    return Address(Kind.VOLUME, name)


def kept_name(base: str, digest: str) -> str:
    """What an engine calls a secret or config, of which a name can be given to one content only.

    A Swarm takes 64 characters.
    """
    return f"{base[:46]}.{digest.rpartition(':')[2]}"


def stack(name: str) -> Address:
    """The address of what concerns the stack as a whole."""
    return Address(Kind.STACK, name)


def container_name(stack: str, name: str, replica: int) -> str:
    """What the engine calls a replica that the file gives no name, as Compose does: `shop-web-2`."""
    return f"{stack}-{name}-{replica}"


def shared_name(stack: str, name: str) -> str:
    """What the engine calls a network or volume that the file gives no name: `shop_db_nw`."""
    return f"{stack}_{name}"


def temporary_name(name: str, seed: str) -> str:
    """What a replacement is called until the old container is gone; the same for the same `seed`."""
    return f"{name}.{hashlib.sha256(seed.encode()).hexdigest()[:8]}"


def is_temporary(name: str) -> bool:
    """Whether a container is called as replacements are until the old one is gone."""
    return _TEMPORARY.fullmatch(name) is not None
