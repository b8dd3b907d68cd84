"""What there is to say of networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from cli.exits import Exit


class MemberLine(Struct, frozen=True, kw_only=True):
    """A container on a network, in any state; `stack` is the one that it belongs to."""

    container: str
    id: str
    stack: str
    addresses: tuple[str, ...]
    aliases: tuple[str, ...]


class NetworkLine(Struct, frozen=True, kw_only=True):
    """One network of the engine, and in words whose it is."""

    name: str
    id: str
    driver: str
    scope: str
    owner: str
    stack: str
    internal: bool
    attachable: bool
    ipv6: bool
    subnets: tuple[str, ...]
    gateways: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    members: tuple[MemberLine, ...] = ()


class Networks(Struct, frozen=True, kw_only=True):
    """All of them."""

    kind: ClassVar[str] = "networks"

    engine: str
    networks: tuple[NetworkLine, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE


class NetworkInfo(Struct, frozen=True, kw_only=True):
    """One of them."""

    kind: ClassVar[str] = "network"

    network: NetworkLine

    @property
    def code(self) -> Exit:
        return Exit.DONE


class Existence(Struct, frozen=True, kw_only=True):
    """Whether there is a network of a name."""

    kind: ClassVar[str] = "exists"

    name: str
    exists: bool

    @property
    def code(self) -> Exit:
        return Exit.DONE if self.exists else Exit.NO


class NetworkDone(Struct, frozen=True, kw_only=True):
    """What was done to a network: `text` is a sentence, `containers` were put on it or taken off."""

    kind: ClassVar[str] = "network_done"

    network: str
    text: str
    containers: tuple[str, ...] = ()
    hint: str = ""

    @property
    def code(self) -> Exit:
        return Exit.DONE


class AttachmentLine(Struct, frozen=True, kw_only=True):
    """Where a container of the stack is: `wanted` as the file says, `joined` as it is."""

    service: str
    replica: int
    container: str
    wanted: tuple[str, ...]
    joined: tuple[str, ...]
    addresses: Mapping[str, tuple[str, ...]]
    ports: tuple[str, ...]
    drift: tuple[str, ...]


class Attachments(Struct, frozen=True, kw_only=True):
    """Where the containers of a stack are."""

    kind: ClassVar[str] = "attachments"

    stack: str
    containers: tuple[AttachmentLine, ...]

    @property
    def code(self) -> Exit:
        return Exit.NO if any(line.drift for line in self.containers) else Exit.DONE


class RebuiltLine(Struct, frozen=True, kw_only=True):
    """What became of one service: how many calls it took, and what could not be done."""

    service: str
    calls: int
    errors: tuple[str, ...] = ()


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What became of the attachments. `counts`: the exit code is the number of services that failed."""

    kind: ClassVar[str] = "rebuilt"

    stack: str
    services: tuple[RebuiltLine, ...]
    counts: bool = False

    @property
    def failed(self) -> int:
        """How many services are not as they should be."""
        return sum(bool(one.errors) for one in self.services)

    @property
    def code(self) -> int:
        return min(self.failed, 255) if self.counts else int(Exit.FAILED if self.failed else Exit.DONE)
