"""Daemons under contract: a model of each generation and the lab's engines, all used in the same ways."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import docker
from msgspec import Struct

from reconciler.engines import connect
from reconciler.engines.daemon import Daemon, Json
from reconciler.engines.memory import MIDDLE, NEW, OLD, Generation, MemoryDaemon, containers
from reconciler.engines.reading import Endpoint
from reconciler.engines.sdk import translated
from reconciler.engines.standalone import Standalone
from reconciler.errors import Conflict, NotFound
from reconciler.state import Traits
from tests.support.lab import LabEngine
from tests.support.waiting import eventually
from topology.models import Build

GENERATIONS = {one.traits.version: one for one in (OLD, MIDDLE, NEW)}
PLAIN = "busybox:latest"
RICH = f"topo-test/rich:{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
"""Each worker builds its own: two builds at once would give one name to two images."""

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_IMAGES: dict[str, Json] = {
    PLAIN: {"Cmd": ["sh"], "Env": [_PATH]},
    RICH: {
        "Cmd": ["sleep 1000"],
        "Entrypoint": ["sh", "-c"],
        "Env": [_PATH, "FLAVOUR=vanilla", "SIZE=large"],
        "ExposedPorts": {"80/tcp": {}, "81/udp": {}},
        "Healthcheck": {
            "Test": ["CMD", "true"],
            "Interval": 500_000_000,
            "Timeout": 2_000_000_000,
            "Retries": 2,
        },
        "Labels": {"maker": "somebody", "kind": "rich"},
        "StopSignal": "SIGKILL",
        "User": "1000",
        "Volumes": {"/keep": {}},
        "WorkingDir": "/tmp",  # noqa: S108  # of the image
    },
}
_CONTEXT = Path(__file__).parents[1] / "data" / "rich"


class Hands(Protocol):
    """What people do to containers and topo never does."""

    def pause(self, container: str) -> None: ...

    def kill(self, container: str) -> None: ...


class RealHands:
    """Refused as topo is refused: a container may have ended by itself."""

    def __init__(self, url: str) -> None:
        self._api = docker.APIClient(base_url=url)

    def pause(self, container: str) -> None:
        with translated(f"pausing {container}"):
            self._api.pause(container)

    def kill(self, container: str) -> None:
        with translated(f"killing {container}"):
            self._api.kill(container)


class MemoryHands:
    def __init__(self, daemon: MemoryDaemon) -> None:
        self._daemon = daemon

    def pause(self, container: str) -> None:
        with self._daemon._write():
            containers.pause(self._daemon.world.container(container))

    def kill(self, container: str) -> None:
        self._daemon.stop(container, 0)


class Bench(Struct, frozen=True, kw_only=True):
    """One daemon for one test. What the test makes there has names that begin with `prefix`."""

    daemon: Daemon
    hands: Hands
    prefix: str
    folder: Path
    lab: LabEngine | None = None

    @property
    def engine(self) -> Standalone:
        return Standalone(self.daemon)

    @property
    def traits(self) -> Traits:
        return self.engine.traits

    def name(self, text: str) -> str:
        return f"{self.prefix}-{text}"

    def network(self, text: str, **body: Any) -> str:
        name = self.name(text)
        self.daemon.create_network({"Name": name, **body})
        return name

    def made(self, text: str, *networks: str, **body: Any) -> str:
        """The name of a container that was created; it sleeps unless told otherwise."""
        name = self.name(text)
        self.daemon.create_container(name, sleeper(*networks, **body))
        return name

    def started(self, text: str, *networks: str, **body: Any) -> str:
        name = self.made(text, *networks, **body)
        self.daemon.start(name)
        return name

    def state(self, container: str) -> Json:
        found: Json = self.daemon.container(container)["State"]
        return found

    def state_when(self, container: str, holds: Callable[[Json], bool]) -> Json:
        """The first state that holds; it may be another one a moment later."""
        seen: list[Json] = []

        def look() -> bool:
            seen.append(self.state(container))
            return holds(seen[-1])

        assert eventually(look), seen[-1]
        return seen[-1]

    def host(self, container: str) -> Json:
        found: Json = self.daemon.container(container)["HostConfig"]
        return found

    def endpoints(self, container: str) -> dict[str, Json]:
        found: dict[str, Json] = self.daemon.container(container)["NetworkSettings"]["Networks"]
        return found

    def found_network(self, name: str) -> Json:
        (found,) = [one for one in self.daemon.networks() if one["Name"] == name]
        return found

    def volume_names(self) -> set[str]:
        return {one["Name"] for one in self.daemon.volumes()}


def sleeper(*networks: str, **body: Any) -> Json:
    """The body of a container that ends at once when it is told to; further keys are laid over it."""
    host = {"NetworkMode": networks[0]} if networks else {}
    return {
        "Image": PLAIN,
        "Cmd": ["sleep", "1000"],
        "StopSignal": "SIGKILL",
        **({"NetworkingConfig": {"EndpointsConfig": {name: {} for name in networks}}} if networks else {}),
        **body,
        "HostConfig": {**host, **body.get("HostConfig", {})},
    }


def free_port() -> int:
    """A port that hardly anybody else takes, not even a test that runs at the same time."""
    return random.randint(10_000, 19_999)  # noqa: S311  # not a secret


def modelled(generation: Generation, folder: Path, **options: Any) -> Bench:
    """A new model with the images that tests use."""
    daemon = MemoryDaemon(generation=generation, registry=_IMAGES.get, **options)
    for reference in _IMAGES:
        daemon.pull(reference)
    return Bench(daemon=daemon, hands=MemoryHands(daemon), prefix=_prefix(), folder=folder)


def real(lab: LabEngine) -> Bench:
    """The lab's engine."""
    daemon = _connected(lab.url)
    return Bench(daemon=daemon, hands=RealHands(lab.url), prefix=_prefix(), folder=lab.folder, lab=lab)


@cache
def _connected(url: str) -> Daemon:
    daemon = connect.daemon(Endpoint(url=url))
    daemon.build(RICH, Build(context=str(_CONTEXT)), {})
    return daemon


def _prefix() -> str:
    return f"t{random.getrandbits(32):08x}"  # not a secret


def swept(daemon: Daemon, prefix: str) -> None:
    """Removes everything whose name begins with `prefix`, and nothing else.

    Somebody who was killed may have left the engine work to do, so it is tried again for a while.
    """
    assert eventually(lambda: _sweep(daemon, prefix), within=60, every=0.1), f"{prefix} cannot be removed"


def _sweep(daemon: Daemon, prefix: str) -> bool:
    """Whether nothing was left to remove."""
    mine = re.compile(rf"/?(topo\.\w+\.)?{prefix}\b|/?{prefix}[-_.]")
    containers = [one["Id"] for one in daemon.containers() if any(mine.match(name) for name in one["Names"])]
    networks = [one["Id"] for one in daemon.networks() if mine.match(one["Name"])]
    volumes = [one["Name"] for one in daemon.volumes() if mine.match(one["Name"])]
    for container in containers:
        with suppress(NotFound, Conflict):
            daemon.remove_container(container, volumes=True)
    for network in networks:
        with suppress(NotFound, Conflict):
            daemon.remove_network(network)
    for volume in volumes:
        with suppress(NotFound, Conflict):
            daemon.remove_volume(volume)
    return not (containers or networks or volumes)
