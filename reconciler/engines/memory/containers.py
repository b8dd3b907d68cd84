"""Containers: made, started, stopped, changed, removed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.engines.daemon import Json
from reconciler.engines.memory import bodies, namespaces, networks, ports, volumes
from reconciler.engines.memory.life import Life, Script, exit_code
from reconciler.engines.memory.world import Container, Endpoint, World
from reconciler.errors import Conflict, EngineError, Rejected

KILLED = 137
NEVER_STARTED = 128


def create(world: World, name: str, body: Json, at: float) -> None:
    """See `Daemon.create_container`."""
    bodies.check_name(name)
    image = world.image(body.get("Image") or "")
    _check_free(world, name)
    host = bodies.host(body.get("HostConfig") or {}, world.generation)
    bodies.check_shared_stack(body, host["NetworkMode"])
    identity = world.new_id()
    config = bodies.config(body, world.images[image], identity[:12], world.generation)
    if host["NetworkMode"] == "host":
        config["Hostname"] = body.get("Hostname") or "memory"
    namespaces.resolve(world, host)
    container = Container(
        id=identity,
        name=name,
        image=image,
        config=config,
        host=host,
        mounts=[],
        created_at=at,
        endpoints=_endpoints(world, host["NetworkMode"], body),
    )
    volumes.mount(world, container, at)
    world.containers[identity] = container


def _check_free(world: World, name: str) -> None:
    for other in world.containers.values():
        if other.name == name:
            raise Conflict(
                f'Conflict. The container name "/{name}" is already in use by container "{other.id}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            )


def _endpoints(world: World, mode: str, body: Json) -> dict[str, Endpoint]:
    """Where it is going to be attached, under the names of the networks where they exist.

    Raises:
        Rejected: several at once on an engine that cannot, or settings that cannot be, if it looks already.
    """
    if mode.startswith("container:"):
        return {}
    asked: dict[str, Json] = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    if len(asked) > 1 and not world.generation.traits.networks_at_create:
        listed = ", ".join(sorted(asked))
        raise Rejected(f"Container cannot be connected to network endpoints: {listed}")
    found: dict[str, Endpoint] = {}
    for wanted, sent in sorted((asked or {_first(mode): {}}).items()):
        network = next((one for one in world.networks.values() if wanted in {one.id, one.name}), None)
        if network is not None and world.generation.checks_at_create:
            networks.check(network, sent or {})
        found[network.name if network else wanted] = Endpoint(sent=dict(sent or {}))
    return found


def _first(mode: str) -> str:
    return "bridge" if mode == "default" else mode


def unpack(container: Container, archive: bytes) -> None:
    """See `Daemon.put_archive`."""
    if container.host["ReadonlyRootfs"]:
        raise Conflict("container rootfs is marked read-only")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is not None:
                seen = hashlib.sha256(content.read()).hexdigest()
                container.files[f"/{entry.name}"] = f"{entry.mode:o} {entry.uid}:{entry.gid} {seen}"


def start(world: World, container: Container, script: Script, at: float) -> None:
    """See `Daemon.start`. One that cannot start stays what it was and says why."""
    if container.status == "paused":
        raise Conflict("cannot start a paused container, try unpause instead")
    if container.status in {"running", "restarting"}:
        return
    try:
        _attach(world, container)
        namespaces.check(world, container)
    except EngineError as error:
        networks.leave_all(container)
        container.error = str(error)
        container.exit_code = container.exit_code if container.started_at else NEVER_STARTED
        raise
    _begin(container, script(container.config), at)


def _attach(world: World, container: Container) -> None:
    mode = str(container.host["NetworkMode"])
    if mode.startswith("container:"):
        other = namespaces.owner(world, mode.removeprefix("container:"))
        container.config |= {name: other.config[name] for name in ("Hostname", "Domainname")}
        return
    try:
        networks.check_bound(world, container)
        for name in sorted(container.endpoints, key=lambda name: (name != mode, name)):
            endpoint = container.endpoints[name]
            networks.join(world, container, name, endpoint)
        ports.opened(world, container)
    except EngineError as error:
        raise type(error)(f"{world.generation.start_prefix}{error}") from error


def _begin(container: Container, life: Life, at: float) -> None:
    container.status, container.error, container.exit_code = "running", "", 0
    container.started_at = at
    container.ends_at = None if life.exit_code is None else at + life.lasts
    container.exits_with = life.exit_code or 0
    container.settles_at, container.healthy = at + life.settles, life.healthy


def settle(world: World, now: float) -> None:
    """Lets everything happen that was due until now: processes end, and may be restarted."""
    for container in world.containers.values():
        if container.ends_at is not None and container.ends_at <= now and container.status == "running":
            again = _restarts(container)
            _end(world, container, container.exits_with, max(container.ends_at, container.started_at))
            container.status = "restarting" if again else "exited"


def _restarts(container: Container) -> bool:
    """A container that ends at once is seen restarting most of the time: the engine waits ever longer."""
    name = container.host["RestartPolicy"]["Name"]
    return name in {"always", "unless-stopped"} or (name == "on-failure" and container.exits_with != 0)


def _end(world: World, container: Container, code: int, at: float) -> None:
    """Ends a container, and whoever lives among its processes."""
    networks.leave_all(container)
    container.status, container.exit_code = "exited", code
    container.finished_at, container.ends_at = at, None
    for guest in namespaces.guests(world, container):
        _end(world, guest, KILLED, at)


def stop(world: World, container: Container, at: float) -> None:
    """See `Daemon.stop`."""
    if container.status == "restarting":
        container.status = "exited"
    elif container.running:
        _end(world, container, KILLED, at)


def signal(world: World, container: Container, name: str, at: float) -> None:
    """See `Daemon.signal`. Only what nobody can refuse ends a first process that does not listen for it."""
    if not container.running:
        raise Conflict(f"Cannot kill container: {container.id}: Container {container.id} is not running")
    if name == "KILL":
        _end(world, container, KILLED, at)


def execute(container: Container, command: Sequence[str]) -> int:
    """See `Daemon.execute`."""
    if container.status == "paused":
        raise Conflict(f"Container {container.name} is paused, unpause the container before exec")
    if not container.running:
        raise Conflict(f"Container {container.id} is not running")
    return exit_code(command) or 0


def pause(container: Container) -> None:
    """Freezes a container. No call of topo's, but people do it."""
    if container.status != "running":
        raise Conflict(f"Container {container.id} is not running")
    container.status = "paused"


def unpause(container: Container) -> None:
    """See `Daemon.unpause`."""
    if container.status != "paused":
        raise Rejected(f"Container {container.id} is not paused")
    container.status = "running"


def remove(world: World, container: Container, *, with_volumes: bool) -> None:
    """See `Daemon.remove_container`."""
    if container.running:
        _end(world, container, KILLED, container.started_at)
    del world.containers[container.id]
    if with_volumes:
        for name in container.anonymous:
            world.volumes.pop(name, None)


def rename(world: World, container: Container, name: str) -> None:
    """See `Daemon.rename`."""
    if container.name == name:
        raise Rejected("Renaming a container with the same name as its current name")
    bodies.check_name(name)
    _check_free(world, name)
    container.name = name


def update(container: Container, body: Json) -> None:
    """See `Daemon.update`. All or nothing; what the engine does not know is ignored."""
    changes = dict(_changes(container.host, body))
    container.host.update(changes)


_MOVED = ("NanoCpus", "MemoryReservation", "CpuShares", "CpusetCpus")
"""Limits that an update sets and cannot lift."""


def _changes(host: Json, body: Json) -> Iterator[tuple[str, Any]]:
    memory, swap = body.get("Memory") or 0, body.get("MemorySwap") or 0
    bodies.check_memory(memory, swap)
    if memory > host["MemorySwap"] and not swap:
        raise Conflict(
            "Memory limit should be smaller than already set memoryswap limit, "
            "update the memoryswap at the same time"
        )
    policy = bodies.policy(body.get("RestartPolicy"), "")
    moved = {"Memory": memory, "MemorySwap": swap, **{key: body.get(key) for key in _MOVED}}
    yield from ((key, value) for key, value in moved.items() if value)
    if body.get("PidsLimit") is not None:
        yield "PidsLimit", max(0, body["PidsLimit"])
    if policy["Name"]:
        yield "RestartPolicy", policy
