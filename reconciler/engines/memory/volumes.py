"""Volumes and what is mounted into containers."""

from __future__ import annotations

from typing import Final

from reconciler.engines.daemon import Json
from reconciler.engines.memory.world import Container, Volume, World
from reconciler.errors import Conflict, NotFound, Rejected

_MODES: Final = frozenset(
    {"ro", "rw", "z", "Z", "nocopy", "private", "rprivate", "shared", "rshared", "slave", "rslave"}
)


def create(world: World, body: Json, at: float) -> Volume:
    """See `Daemon.create_volume`."""
    name, driver = body["Name"], body.get("Driver") or "local"
    if driver != "local":
        raise NotFound(f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found')
    if name not in world.volumes:
        world.volumes[name] = Volume(
            name=name,
            driver=driver,
            created_at=at,
            options=body.get("DriverOpts") or None,
            labels=body.get("Labels"),
        )
    return world.volumes[name]


def remove(world: World, name: str) -> None:
    """See `Daemon.remove_volume`."""
    if name not in world.volumes:
        raise NotFound(f"get {name}: no such volume")
    users = [one.id for one in world.containers.values() if any(m.get("Name") == name for m in one.mounts)]
    if users:
        raise Conflict(f"remove {name}: volume is in use - [{', '.join(users)}]")
    del world.volumes[name]


def mount(world: World, container: Container, at: float) -> None:
    """Gives a new container its mounts; volumes that do not exist are made."""
    for bind in container.host.get("Binds") or ():
        source, target, mode = _parse(bind)
        if source.startswith("/"):
            container.mounts.append(_bind(source, target, mode))
        else:
            name = _made(world, container, source, at)
            container.mounts.append(_volume(name, target, mode or "z"))
    for text in container.host.get("VolumesFrom") or ():
        _take_over(world, container, text.partition(":")[0])
    taken = {one["Destination"] for one in container.mounts} | set(container.host.get("Tmpfs") or {})
    for target in sorted(container.config.get("Volumes") or {}):
        if target not in taken:
            container.mounts.append(_volume(_made(world, container, "", at), target, ""))


def _take_over(world: World, container: Container, name: str) -> None:
    """What another container has mounted, but for targets of its own."""
    own = {one["Destination"] for one in container.mounts}
    for giver in world.containers.values():
        if name in {giver.name, giver.id}:
            container.mounts += [dict(one) for one in giver.mounts if one["Destination"] not in own]


def _parse(bind: str) -> tuple[str, str, str]:
    """(source, target, mode); a lone path is the target of an anonymous volume."""
    parts = bind.split(":")
    if len(parts) == 1:
        return "", parts[0], ""
    source, target, mode, *more = [*parts, ""] if len(parts) == 2 else parts
    if more or not target.startswith("/") or (mode and not set(mode.split(",")) <= _MODES):
        raise Rejected(f"invalid volume specification: '{bind}'")
    return source, target, mode


def _writable(mode: str) -> bool:
    return "ro" not in mode.split(",")


def _bind(source: str, target: str, mode: str) -> Json:
    return {
        "Type": "bind",
        "Source": source,
        "Destination": target,
        "Mode": mode,
        "RW": _writable(mode),
        "Propagation": "rprivate",
    }


def _made(world: World, container: Container, name: str, at: float) -> str:
    """The name of a volume that there is now; one that nobody named is this container's alone."""
    if not name:
        name = world.new_id()
        container.anonymous.append(name)
    return create(world, {"Name": name}, at).name


def _volume(name: str, target: str, mode: str) -> Json:
    return {
        "Type": "volume",
        "Name": name,
        "Source": f"/var/lib/docker/volumes/{name}/_data",
        "Destination": target,
        "Driver": "local",
        "Mode": mode,
        "RW": _writable(mode),
        "Propagation": "",
    }
