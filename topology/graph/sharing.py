"""What a service may have in common with another beside the network: volumes, folders, memory, processes."""

from __future__ import annotations

from collections.abc import Iterator

from topology.graph.parts import Medium, Shared
from topology.models import Mount, Service, Stack


def shared_things(stack: Stack, name: str, service: Service) -> Iterator[Shared]:
    """All that `service` has which another can have too; its own memory and processes are among them."""
    for index, mount in enumerate(service.volumes):
        if mount.source and mount.type in _MEDIA:
            of = _volume(stack, mount)
            yield Shared(medium=_MEDIA[mount.type], of=of, path=("services", name, "volumes", index))
    for medium, field in ((Medium.MEMORY, "ipc"), (Medium.PROCESSES, "pid")):
        whose = _whose(name, getattr(service, field))
        if whose:
            yield Shared(medium=medium, of=whose, path=("services", name, field))


_MEDIA = {"volume": Medium.VOLUME, "bind": Medium.FOLDER}


def _volume(stack: Stack, mount: Mount) -> str:
    """The engine's name of a volume, where the file gives one: two keys may mean one volume."""
    described = stack.volumes.get(mount.source or "")
    return (described.name if described else None) or mount.source or ""


def _whose(name: str, mode: str | None) -> str:
    """Whose memory or processes these are: another service's, the host's, its own where it may be joined."""
    kind, _, other = (mode or "").partition(":")
    if kind in {"service", "container"}:
        return other
    return {"host": "the host", "": name, "shareable": name}.get(kind, "")
