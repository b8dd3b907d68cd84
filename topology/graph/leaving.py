"""What of a service in a stack file lets it out of its networks, with the places that say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from topology.findings import Path
from topology.graph.parts import Mode, Taint
from topology.graph.taint import HOST_NETWORK, mount_taint, process_taint
from topology.models import Mount, Service, Stack, Volume, VolumesFrom


def taints(stack: Stack, name: str, service: Service, mode: Mode) -> Iterator[Taint]:
    """All of it; `mode` is where the service's network stack comes from."""
    path: Path = ("services", name)
    for index, why in mounted(stack, service):
        yield Taint(text=why, path=(*path, "volumes", index))
    for index, giver in enumerate(service.volumes_from):
        for why in _handed_on(stack, giver, name):
            yield Taint(text=why, path=(*path, "volumes_from", index))
    escape = process_taint(privileged=service.privileged, pid=service.pid, capabilities=capabilities(service))
    if escape:
        yield Taint(text=escape, path=(*path, "privileged"))
    if mode is Mode.HOST:
        yield Taint(text=HOST_NETWORK, path=(*path, "network_mode"))


def mounted(stack: Stack, service: Service) -> Iterator[tuple[int, str]]:
    """Which of a service's own mounts do, by their numbers, and why."""
    for index, mount in enumerate(service.volumes):
        source = _host_path(stack, mount)
        if source and (why := mount_taint(source)):
            yield index, why


def capabilities(service: Service) -> frozenset[str]:
    """What a service has beside the engine's default set, without the CAP_ that some write."""
    added = frozenset(name.upper().removeprefix("CAP_") for name in service.cap_add)
    return added | {"ALL"} if service.privileged else added


def service_called(stack: Stack, container: str) -> str | None:
    """The service one of whose containers has this name."""
    return next((name for name in stack.services if container in containers(stack, name)), None)


def containers(stack: Stack, name: str) -> tuple[str, ...]:
    """What one engine calls the containers of a service."""
    service = stack.services[name]
    if service.container_name:
        return (service.container_name,)
    return tuple(f"{stack.name}-{name}-{number}" for number in range(1, service.replicas + 1))


def _host_path(stack: Stack, mount: Mount) -> str | None:
    """The host's folder that is mounted: a bind's source, or what a local volume is told to bind."""
    if mount.type == "bind":
        return mount.source
    volume = stack.volumes.get(mount.source or "")
    device = _bound(volume) if volume and mount.type == "volume" else None
    return str(PurePosixPath(device, mount.subpath or "")) if device else None


def _bound(volume: Volume) -> str | None:
    """The local driver mounts with the options that it is given, `o: bind` among them."""
    said = volume.driver_opts
    ways = {"bind", "rbind"} & {one.strip() for one in said.get("o", "").split(",")}
    return said.get("device") if ways and volume.driver in {None, "local"} else None


def _handed_on(stack: Stack, giver: VolumesFrom, taker: str) -> Iterator[str]:
    """Why taking over another's mounts does: they are mounted here as well, those that it took over too."""
    waiting, seen = [giver], {taker}
    while waiting:
        giver = waiting.pop()
        name = giver.service or service_called(stack, giver.container or "")
        if name is None:
            yield f"takes over the mounts of {giver.container}, which is not part of this stack"
        elif name not in seen and name in stack.services:
            seen.add(name)
            yield from (why for _, why in mounted(stack, stack.services[name]))
            waiting += stack.services[name].volumes_from
