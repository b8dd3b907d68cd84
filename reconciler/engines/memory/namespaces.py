"""Containers that live in another one's network stack, among its processes, or with its shared memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.engines.daemon import Json
from reconciler.engines.memory.world import Container, World
from reconciler.errors import Conflict, NotFound, Rejected

_MODES: Final = ("NetworkMode", "PidMode", "IpcMode")
_PREFIX: Final = "container:"


def resolve(world: World, host: Json) -> None:
    """Turns the name of the container that is shared with into its id.

    Raises:
        Rejected: there is none, which matters at once for all but the network stack.
    """
    for key in _MODES:
        if not str(host[key]).startswith(_PREFIX):
            continue
        try:
            host[key] = _PREFIX + world.container(host[key].removeprefix(_PREFIX)).id
        except NotFound as error:
            if key != "NetworkMode":
                raise Rejected(str(error)) from error


def owner(world: World, wanted: str) -> Container:
    """The container whose network stack is shared.

    Raises:
        NotFound, Rejected: it is gone.
        Conflict: it does not run.
    """
    try:
        found = world.container(wanted)
    except NotFound as error:
        if world.generation.missing_host_rejected:
            raise Rejected(f"joining network namespace of container: {error}") from error
        raise
    if not found.running:
        raise Conflict(f"cannot join network of a non running container: {found.id}")
    return found


def check(world: World, container: Container) -> None:
    """Whether those are there whose processes or memory a container shares.

    Raises:
        Rejected, Conflict: one does not run, or does not share.
    """
    for key in ("PidMode", "IpcMode"):
        mode = str(container.host[key])
        if mode.startswith(_PREFIX):
            _check_donor(world, key, world.containers.get(mode.removeprefix(_PREFIX)))


def _check_donor(world: World, key: str, donor: Container | None) -> None:
    if donor is None:
        raise Rejected("failed to join namespace: No such container")
    if not donor.running:
        conflicts = key == "IpcMode" and world.generation.idle_ipc_conflicts
        raise (Conflict if conflicts else Rejected)(f"container {donor.id} is not running")
    if key == "IpcMode" and donor.host["IpcMode"] != "shareable":
        raise Rejected(f"failed to join IPC namespace: container {donor.id}: non-shareable IPC")


def guests(world: World, container: Container) -> Iterator[Container]:
    """Those that run among a container's processes, and end with them."""
    for one in world.containers.values():
        if one.running and one.host["PidMode"] == _PREFIX + container.id:
            yield one
