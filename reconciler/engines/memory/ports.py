"""Ports of the host that containers hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from reconciler.engines.memory.world import PREDEFINED, Container, World
from reconciler.errors import Conflict

FIRST_EPHEMERAL: Final = 32768
_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # compared with, never bound

Binding: TypeAlias = dict[str, str]


def opened(world: World, container: Container) -> None:
    """Publishes the ports of a container that runs on a network that can publish.

    Raises:
        Conflict: another container holds one.
    """
    if container.published or not _publishing(world, container):
        return
    exposed = container.config.get("ExposedPorts") or {}
    asked: dict[str, list[Binding]] = container.host.get("PortBindings") or {}
    published: dict[str, list[Binding]] = {}
    for target, bindings in sorted(asked.items()):
        if target in exposed:
            published[target] = [
                shown for binding in bindings or () for shown in _bound(world, container, target, binding)
            ]
    container.published = published


def closed(world: World, container: Container) -> None:
    """Takes the ports back when a container has left the last network that can publish them."""
    stays = bool(container.endpoints) and not world.generation.unpublishes
    if not stays and not _publishing(world, container):
        container.published = {}


def _publishing(world: World, container: Container) -> bool:
    networks = (world.networks[one.network] for one in container.endpoints.values() if one.id)
    return any(one.driver == "bridge" and not one.internal for one in networks)


def _bound(world: World, container: Container, target: str, binding: Binding) -> list[Binding]:
    address, port = binding.get("HostIp") or "", binding.get("HostPort") or ""
    protocol = target.partition("/")[2]
    held = list(_held(world, container, protocol))
    if not port:
        numbers = {number for _, number in held}
        port = str(next(free for free in range(FIRST_EPHEMERAL, 65536) if str(free) not in numbers))
    if any(number == port and _meet(address, other) for other, number in held):
        raise Conflict(f"Bind for {address or '0.0.0.0'}:{port} failed: port is already allocated")  # noqa: S104  # words
    shown = ["0.0.0.0", "::"] if address == "" else [address]  # noqa: S104  # as inspect shows it
    return [{"HostIp": one, "HostPort": port} for one in shown]


def _held(world: World, but: Container, protocol: str) -> Iterator[tuple[str, str]]:
    for container in world.containers.values():
        if container is not but:
            for target, bindings in container.published.items():
                if target.partition("/")[2] == protocol:
                    yield from ((one["HostIp"], one["HostPort"]) for one in bindings)


def _meet(one: str, other: str) -> bool:
    return one == other or one in _EVERYWHERE or other in _EVERYWHERE


def exposed_only(world: World, container: Container) -> list[str]:
    """The ports that a running container shows without publishing them."""
    on_bridge = any(
        endpoint.id and world.networks[endpoint.network].driver not in set(PREDEFINED.values()) - {"bridge"}
        for endpoint in container.endpoints.values()
    )
    ports = container.config.get("ExposedPorts") or {}
    return sorted(set(ports) - set(container.published)) if on_bridge else []
