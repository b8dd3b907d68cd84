"""What a command has to tell, as values. Text and JSON are both written from these, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from cli.exits import Exit
from topology.findings import Finding, Severity


class Report(Protocol):
    """The result of a command. Its fields, in their order, are its JSON."""

    kind: ClassVar[str]

    @property
    def code(self) -> Exit:
        """What the shell is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a command has no result. `hints` say what was tried and what to do."""

    kind: ClassVar[str] = "fault"

    code: Exit
    message: str
    hints: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is in a stack."""

    services: int
    networks: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check found. `size` is None when the stack could not be loaded."""

    kind: ClassVar[str] = "check"

    stack: str | None
    size: Size | None
    strict: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def code(self) -> Exit:
        if self.size is None:
            return Exit.FAILED
        return Exit.NO if self.failing else Exit.DONE

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the answer no."""
        heavy = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return tuple(found for found in self.findings if found.severity in heavy)

    def count(self, severity: Severity) -> int:
        return sum(found.severity is severity for found in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A port on the host that leads to one of a service. `published` is None where the engine picks it."""

    target: int
    protocol: str
    published: str | None
    host_ip: str | None

    @property
    def is_local(self) -> bool:
        """Only the host itself can open it."""
        return self.host_ip is not None and (self.host_ip.startswith("127.") or self.host_ip == "::1")

    @property
    def text(self) -> str:
        """`8080 -> 80`, `127.0.0.1:8080 -> 80/udp`."""
        host = f"[{self.host_ip}]" if self.host_ip and ":" in self.host_ip else self.host_ip
        outer = self.published or "any port"
        inner = str(self.target) if self.protocol == "tcp" else f"{self.target}/{self.protocol}"
        return f"{host}:{outer} -> {inner}" if host else f"{outer} -> {inner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkNode:
    """A network and the services that have an address on it, in the order of the stack."""

    name: str
    engine_name: str
    driver: str
    internal: bool
    external: bool
    subnet: str | None
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNode:
    """A service, the networks that it is on, and the services that live in its network stack.

    `mode` says whose network stack it has: networks, host, none, shared or unknown.
    """

    name: str
    image: str | None
    replicas: int
    mode: str
    networks: tuple[str, ...]
    lodgers: tuple[str, ...]
    ports: tuple[Published, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A need: `source` opens connections to `target`, which it calls `alias`."""

    source: str
    target: str
    alias: str
    port: int | None

    @property
    def text(self) -> str:
        """What there is to say beyond who and whom: `as database, port 5432`."""
        parts = [f"as {self.alias}"] if self.alias != self.target else []
        return ", ".join([*parts, *([f"port {self.port}"] if self.port else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Who is attached to what."""

    kind: ClassVar[str] = "graph"

    stack: str
    networks: tuple[NetworkNode, ...]
    services: tuple[ServiceNode, ...]
    links: tuple[Link, ...]

    @property
    def is_open(self) -> bool:
        """Whether a port is published beyond the host."""
        return any(not port.is_local for service in self.services for port in service.ports)

    @property
    def meets_host(self) -> bool:
        """Whether the host itself has a place in the picture."""
        return any(
            service.mode == "host" or any(port.is_local for port in service.ports)
            for service in self.services
        )

    @property
    def code(self) -> Exit:
        return Exit.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The resolved stack as it could stand in a file; or, if asked for, only names of its parts."""

    kind: ClassVar[str] = "config"

    stack: Mapping[str, object]
    names: tuple[str, ...] | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
