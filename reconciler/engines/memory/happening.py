"""What happens on a modelled engine, told as events: the difference between two looks at its world."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from reconciler.engines.daemon import Json
from reconciler.engines.memory.world import Container, World

_BEGAN: Final = {("created", "running"), ("exited", "running"), ("restarting", "running")}


class Seen(Struct, frozen=True, kw_only=True):
    """A container as far as events tell of it; `on` are the networks where it has an endpoint."""

    name: str
    labels: Mapping[str, str]
    status: str
    running: bool
    limits: str
    on: frozenset[str]


class Snapshot(Struct, frozen=True, kw_only=True):
    """A world at one moment: container id → container, network id → its name, and the names of volumes."""

    containers: Mapping[str, Seen]
    networks: Mapping[str, str]
    volumes: frozenset[str]


def snapshot(world: World) -> Snapshot:
    """What there is to compare."""
    return Snapshot(
        containers={one.id: _seen(one) for one in world.containers.values()},
        networks={one.id: one.name for one in world.networks.values()},
        volumes=frozenset(world.volumes),
    )


def _seen(one: Container) -> Seen:
    return Seen(
        name=one.name,
        labels=one.config.get("Labels") or {},
        status=one.status,
        running=one.running,
        limits=json.dumps(one.host, sort_keys=True),
        on=frozenset(endpoint.network for endpoint in one.endpoints.values() if endpoint.id),
    )


def events(before: Snapshot, after: Snapshot) -> Iterator[Json]:
    """What led from one to the other, with what makes things before what uses them."""
    for name in sorted(after.volumes - before.volumes):
        yield _event("volume", "create", name, {})
    for network in after.networks.keys() - before.networks.keys():
        yield _event("network", "create", network, {"name": after.networks[network]})
    for container in before.containers.keys() | after.containers.keys():
        yield from _of_container(container, before, after)
    for network in before.networks.keys() - after.networks.keys():
        yield _event("network", "destroy", network, {"name": before.networks[network]})
    for name in sorted(before.volumes - after.volumes):
        yield _event("volume", "destroy", name, {})


def _of_container(container: str, before: Snapshot, after: Snapshot) -> Iterator[Json]:
    old, new = before.containers.get(container), after.containers.get(container)
    one = new or old
    if one is None:
        return
    for action in _actions(old, new):
        yield _event("container", action, container, {"name": one.name, **one.labels})
    names = {**before.networks, **after.networks}
    was, now = old.on if old else frozenset(), new.on if new else frozenset()
    for action, networks in (("connect", now - was), ("disconnect", was - now)):
        for network in sorted(networks):
            attributes = {"container": container, "name": names.get(network, "")}
            yield _event("network", action, network, attributes)


def _actions(old: Seen | None, new: Seen | None) -> Iterator[str]:
    if old is None:
        yield "create"
    if old and old.running and not (new and new.running):
        yield "die"
    if old and new and old.name != new.name:
        yield "rename"
    if old and new and old.limits != new.limits:
        yield "update"
    statuses = (old.status if old else "created", new.status if new else "")
    if statuses in _BEGAN:
        yield "start"
    if statuses == ("running", "paused"):
        yield "pause"
    if statuses == ("paused", "running"):
        yield "unpause"
    if new is None:
        yield "destroy"


def _event(kind: str, action: str, identity: str, attributes: Mapping[str, Any]) -> Json:
    return {"Type": kind, "Action": action, "Actor": {"ID": identity, "Attributes": dict(attributes)}}


class MemoryEvents:
    """See `Events`; `left` is called once nobody listens any more."""

    def __init__(self, left: Callable[[MemoryEvents], None]) -> None:
        self._left = left
        self._waiting: queue.SimpleQueue[Json | None] = queue.SimpleQueue()

    def told(self, event: Json) -> None:
        """An event for whoever listens."""
        self._waiting.put(event)

    def __iter__(self) -> Iterator[Json]:
        yield from iter(self._waiting.get, None)

    def close(self) -> None:
        """See `Events`."""
        self._left(self)
        self._waiting.put(None)
