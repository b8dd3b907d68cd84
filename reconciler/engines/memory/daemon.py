"""A modelled Docker daemon: it answers topo's calls from a world in memory, which a file may keep.

It is for rehearsing plans where there is no Docker, and for tests of what no real engine can be asked to do
a thousand times a second. It shows no behaviour that a contract test does not pin on the real ones.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from reconciler.contents import NO_SECRETS, BuildSecrets
from reconciler.engines.daemon import Events, Json, Look, Tell, untold
from reconciler.engines.memory import answers, containers, happening, networks, volumes
from reconciler.engines.memory.generation import NEW, Generation
from reconciler.engines.memory.life import Script, missing, usual
from reconciler.engines.memory.world import World, load, reference, save
from reconciler.errors import NotFound
from reconciler.state import Builder
from reconciler.surroundings import Route
from topology.models import Build, Ready

Registry: TypeAlias = Callable[[str], Json | None]
"""What a registry has under a reference: the image's `Config`, or None."""

_TICK = 1e-6


def nothing(_reference: str) -> Json | None:
    """A registry that has no image."""
    return None


def anything(_reference: str) -> Json | None:
    """A registry that has every image; each runs some program and has no other settings."""
    return {"Cmd": ["run"]}


def _seed(reference: str, config: Json) -> str:
    return f"{reference} {sorted(config.items())}"


def _identity(seed: str) -> str:
    """The id of an image, which is also what its registry knows it by."""
    return f"sha256:{hashlib.sha256(seed.encode()).hexdigest()}"


class MemoryDaemon:
    """One modelled engine; may be used from several threads, and its file by one process at a time.

    Attributes:
        world: all that it holds. Tests may reach in; nobody else should.
    """

    def __init__(
        self,
        *,
        generation: Generation = NEW,
        file: Path | None = None,
        registry: Registry = nothing,
        script: Script = usual,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Goes on from the world in `file` if there is one; else starts an empty engine.

        Raises:
            Rejected: the file holds something else.
        """
        self._file = file
        self._registry = registry
        self._script = script
        self._clock = clock
        self._lock = threading.RLock()
        self._listeners: list[happening.MemoryEvents] = []
        found = load(file) if file else None
        self.world = found or World(version=generation.traits.version)
        if found is None:
            networks.predefined(self.world, self._now())

    def _now(self) -> float:
        """Later than ever before: two things never happen in one moment."""
        self.world.clock = max(self._clock(), self.world.clock + _TICK)
        return self.world.clock

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Whoever listens learns what happens in the block."""
        if not self._listeners:
            yield
            return
        before = happening.snapshot(self.world)
        try:
            yield
        finally:
            for event in happening.events(before, happening.snapshot(self.world)):
                for listener in self._listeners:
                    listener.told(event)

    @contextmanager
    def _read(self) -> Iterator[float]:
        with self._lock, self._telling():
            now = max(self._clock(), self.world.clock)
            containers.settle(self.world, now)
            yield now

    @contextmanager
    def _write(self) -> Iterator[float]:
        """A call that fails may have changed something as well: a failed start is noted."""
        with self._lock, self._telling():
            now = self._now()
            containers.settle(self.world, now)
            try:
                yield now
            finally:
                if self._file is not None:
                    save(self.world, self._file)

    # reading

    @property
    def is_local(self) -> bool:
        """See `DaemonReader`."""
        return True

    def version(self) -> Json:
        """See `DaemonReader`."""
        traits = self.world.generation.traits
        return {"Version": traits.version, "ApiVersion": f"{traits.api[0]}.{traits.api[1]}"}

    def containers(self) -> list[Json]:
        """See `DaemonReader`. The youngest first, as the engine lists them."""
        with self._read():
            return [answers.listed(self.world, one) for one in reversed(self.world.containers.values())]

    def container(self, container: str) -> Json:
        """See `DaemonReader`."""
        with self._read() as now:
            return answers.container(self.world, self.world.container(container), now)

    def networks(self) -> list[Json]:
        """See `DaemonReader`."""
        with self._read():
            return [answers.network(self.world, one) for one in self.world.networks.values()]

    def volumes(self) -> list[Json]:
        """See `DaemonReader`."""
        with self._read():
            return [answers.volume(one) for one in self.world.volumes.values()]

    def image(self, reference: str) -> Json:
        """See `DaemonReader`."""
        with self._read():
            return answers.image(self.world, self.world.image(reference))

    def info(self) -> Json:
        """See `DaemonReader`. Its pools are those of an engine that was told of none."""
        return {}

    def routes(self) -> tuple[Route, ...]:
        """See `DaemonReader`. It has no host."""
        return ()

    def newest(self, reference: str) -> str:
        """See `DaemonReader`."""
        config = self._registry(reference)
        if config is None:
            raise NotFound(f"asking the registry for {reference}: manifest unknown")
        return _identity(_seed(reference, config))

    def events(self) -> Events:
        """See `DaemonReader`. Only of what this process does: others that share its file are not heard."""
        with self._lock:
            listener = happening.MemoryEvents(self._listeners.remove)
            self._listeners.append(listener)
            return listener

    def digest(self, build: Build) -> str:
        """See `DaemonReader`. The SDK knows what belongs to a context; only those who build pay for it."""
        from reconciler.engines.contexts import digest  # noqa: PLC0415  # only who builds pays for the SDK

        return digest(build)

    def lacks(self, container: str, ready: Ready) -> str | None:
        """See `DaemonReader`."""
        return None if ready.exec is not None else missing(self.container(container)["Config"], ready)

    def builder(self, build: Build) -> Builder:
        """See `DaemonReader`."""
        del build
        return Builder(called="the model, which runs nothing")

    # writing

    def pull(self, reference: str, platform: str | None = None, tell: Tell = untold) -> None:
        """See `Daemon`. An image is for every platform."""
        del platform, tell
        with self._write():
            config = self._registry(reference)
            if config is None:
                raise NotFound(f"pulling {reference}: manifest unknown")
            self._tag(reference, config, _seed(reference, config))

    def build(
        self,
        reference: str,
        build: Build,
        labels: Mapping[str, str],
        tell: Tell = untold,
        secrets: BuildSecrets = NO_SECRETS,
    ) -> None:
        """See `Daemon`. Nothing is run: the image is its context's digest and its labels."""
        del tell, secrets
        with self._write():
            config = {"Cmd": ["run"], "Labels": dict(labels)}
            for name in (*build.tags, reference):
                self._tag(name, config, f"{self.digest(build)} {sorted(labels.items())}")

    def _tag(self, name: str, config: Json, seed: str) -> None:
        identity = _identity(seed)
        self.world.images[identity] = config
        self.world.references[reference(name)] = identity

    def create_network(self, body: Json) -> None:
        """See `Daemon`."""
        with self._write() as now:
            networks.create(self.world, body, now)

    def remove_network(self, network: str) -> None:
        """See `Daemon`."""
        with self._write():
            networks.remove(self.world, network)

    def create_volume(self, body: Json) -> Json:
        """See `Daemon`."""
        with self._write() as now:
            return answers.volume(volumes.create(self.world, body, now))

    def remove_volume(self, name: str) -> None:
        """See `Daemon`."""
        with self._write():
            volumes.remove(self.world, name)

    def create_container(self, name: str, body: Json, platform: str | None = None) -> None:
        """See `Daemon`. An image is for every platform."""
        del platform
        with self._write() as now:
            containers.create(self.world, name, body, now)

    def put_archive(self, container: str, archive: bytes) -> None:
        """See `Daemon`."""
        with self._write():
            containers.unpack(self.world.container(container), archive)

    def start(self, container: str) -> None:
        """See `Daemon`."""
        with self._write() as now:
            containers.start(self.world, self.world.container(container), self._script, now)

    def unpause(self, container: str) -> None:
        """See `Daemon`."""
        with self._write():
            containers.unpause(self.world.container(container))

    def signal(self, container: str, signal: str) -> None:
        """See `Daemon`."""
        with self._write() as now:
            containers.signal(self.world, self.world.container(container), signal, now)

    def execute(self, container: str, command: Sequence[str]) -> tuple[int, str]:
        """See `Daemon`. Nothing is run: a few commands are known to fail, and nothing is printed."""
        with self._write():
            return containers.execute(self.world.container(container), command), ""

    @contextmanager
    def probe(self, container: str, ready: Ready) -> Iterator[Look]:
        """See `Daemon`. Nothing runs: only who sleeps is known to print nothing and to listen nowhere."""
        del container
        yield lambda raw: missing(raw["Config"], ready)

    def last_words(self, container: str, lines: int) -> str:
        """See `Daemon`. Nothing runs, so nothing is printed."""
        del lines
        with self._read():
            self.world.container(container)
            return ""

    def stop(self, container: str, grace: float) -> None:
        """See `Daemon`. Nobody is waited for."""
        del grace
        with self._write() as now:
            containers.stop(self.world, self.world.container(container), now)

    def remove_container(self, container: str, *, volumes: bool) -> None:
        """See `Daemon`."""
        with self._write():
            containers.remove(self.world, self.world.container(container), with_volumes=volumes)

    def rename(self, container: str, name: str) -> None:
        """See `Daemon`."""
        with self._write():
            containers.rename(self.world, self.world.container(container), name)

    def update(self, container: str, body: Json) -> None:
        """See `Daemon`."""
        with self._write():
            containers.update(self.world.container(container), body)

    def connect(self, network: str, container: str, endpoint: Json) -> None:
        """See `Daemon`."""
        with self._write():
            networks.connect(self.world, network, self.world.container(container), endpoint)

    def disconnect(self, network: str, container: str, *, force: bool) -> None:
        """See `Daemon`. By force or not: the difference shows only on an engine that lost its way."""
        del force
        with self._write():
            networks.disconnect(self.world, network, self.world.container(container))
