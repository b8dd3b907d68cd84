"""The picture of a stack."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class Published(Struct, frozen=True, kw_only=True):
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


class NetworkNode(Struct, frozen=True, kw_only=True):
    """A network and the services that have an address on it, in the order of the stack."""

    name: str
    engine_name: str
    driver: str
    internal: bool
    external: bool
    subnet: str | None
    services: tuple[str, ...]


class ServiceNode(Struct, frozen=True, kw_only=True):
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


class Link(Struct, frozen=True, kw_only=True):
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


class Graph(Struct, frozen=True, kw_only=True):
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
