"""Stands in network stacks of an engine on this machine: this process enters their namespaces itself.

No container needs anything in its image for it. It takes the rights to enter (CAP_SYS_ADMIN) and to look at
other users' processes (CAP_SYS_PTRACE): root has both.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reconciler.engines.listener import listener
from reconciler.errors import Denied, EngineError, Unavailable
from reconciler.probe import datagrams, packets, proc
from reconciler.probe.namespaces import netns
from reconciler.probe.seam import HOST, Call, Listener, Lookup, Place, Reply
from reconciler.survey import Survey


class LocalProber:
    """Finds containers by the process numbers that the engine tells, in its own view of processes."""

    def __init__(self, engine: int, survey: Survey, node: str = "") -> None:
        """`engine` is the process that listens for the engine, as this machine counts it.

        `node`: the node of a Swarm that the engine is.
        """
        self._engine = Path(f"/proc/{engine}")
        self._ids = {one.id: {one.id, one.shares or one.id} for one in survey.sightings}
        self._names = {one.id: one.name for one in survey.sightings}
        self._processes = {
            one.id: self._engine / "root" / "proc" / str(one.pid)
            for one in survey.sightings
            if one.pid and one.node == node
        }
        self._processes[HOST] = self._engine

    @property
    def protocols(self) -> frozenset[str]:
        """See `Prober`."""
        return frozenset({"tcp", "udp"})

    def listeners(self, places: Iterable[Place]) -> Mapping[Place, frozenset[Listener]]:
        """See `Prober`."""
        found = {}
        for place in places:
            with self._entering(place):
                tables = self._process(place) / "net"
                found[place] = proc.listeners({name: _optional(tables / name) for name in proc.TABLES})
        return found

    def calls(self, calls: Iterable[Call]) -> Mapping[Call, Reply]:
        """See `Prober`."""
        calls = list(calls)
        connections = [call for call in calls if call.protocol == "tcp"]
        others = [call for call in calls if call.protocol == "udp"]
        with self._entering(""):
            there = self._namespaces(call.place for call in calls)
            return packets.called(connections, there) | datagrams.sent(others, there)

    def lookups(self, lookups: Iterable[Lookup]) -> Mapping[Lookup, tuple[str, ...]]:
        """See `Prober`."""
        lookups = list(lookups)
        with self._entering(""):
            return packets.looked_up(lookups, self._namespaces(lookup.place for lookup in lookups))

    def host_addresses(self) -> tuple[str, ...]:
        """See `Prober`."""
        with self._entering(HOST):
            return proc.local_addresses((self._engine / "net" / "fib_trie").read_text())

    def _namespaces(self, places: Iterable[Place]) -> dict[Place, Path]:
        return {place: self._process(place) / "ns" / "net" for place in dict.fromkeys(places)}

    def _process(self, place: Place) -> Path:
        """The process of a place, once it is certain that it is the container's and no other's."""
        process = self._processes[place]
        if place != HOST:
            mounts = (process / "mountinfo").read_text()
            if not any(one in mounts for one in self._ids[place]):
                name = self._names[place]
                raise Unavailable(f"entering the network of {name}: process {process.name} is another's")
        return process

    @contextmanager
    def _entering(self, place: Place) -> Iterator[None]:
        doing = f"entering the network of {self._names.get(place, place) or 'a container'}"
        try:
            yield
        except OSError as error:
            raise _failure(doing, error) from error


def engine_process(path: str) -> int:
    """The process that listens on the socket of an engine; 0 where it is not to be seen from here.

    Raises:
        Unavailable: nobody listens there.
    """
    try:
        return listener(path)
    except OSError as error:
        raise Unavailable(f"connecting to {path}: {error.strerror}") from error


def may_enter(process: int) -> bool:
    """Whether this process may enter the network namespace of another one."""
    try:
        with netns(Path(f"/proc/{process}/ns/net")):
            return True
    except OSError:
        return False


def _optional(path: Path) -> str:
    """Empty where the kernel has no IPv6."""
    return path.read_text() if path.exists() else ""


def _failure(doing: str, error: OSError) -> EngineError:
    if error.errno in {errno.EPERM, errno.EACCES}:
        return Denied(f"{doing}: permission denied")
    if error.errno in {errno.ENOENT, errno.ESRCH}:
        return Unavailable(f"{doing}: it ended meanwhile")
    return Unavailable(f"{doing}: {error.strerror}")
