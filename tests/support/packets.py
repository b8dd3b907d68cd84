"""Real packets: servers that answer with a name, and connections and name lookups from any network namespace.

A socket stays in the namespace it was opened in, so one process serves and asks in all of them at once.
"""

from __future__ import annotations

import errno
import os
import resource
import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct, field

from tests.support import namespaces
from tests.support.namespaces import netns

DNS = ("127.0.0.11", 53)
"""The engine's name server, inside the namespace of each container on a network with names."""
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3


class Probe(Struct, frozen=True):
    """One connection to try, from one namespace."""

    source: Path
    address: str
    port: int


class Lookup(Struct, frozen=True):
    """One name to ask the engine's name server for, from one namespace."""

    source: Path
    name: str


class Records(Struct, frozen=True):
    """What a name server answered: its code, None where none came, and the addresses in order."""

    code: int | None
    addresses: tuple[str, ...] = ()


class Servers(Struct):
    """Listens in namespaces and says to each who calls the name that was given for that namespace."""

    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _ended: threading.Event = field(default_factory=threading.Event)

    def listen(self, namespace: Path, name: str, ports: Iterable[int]) -> None:
        with netns(namespace):
            for port in ports:
                server = socket.create_server(("", port), backlog=1024)
                server.setblocking(False)
                self._selector.register(server, selectors.EVENT_READ, name.encode())

    def serve(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(timeout=0.05):
                assert isinstance(key.fileobj, socket.socket)
                _tell(key.fileobj, key.data)

    def end(self) -> None:
        self._ended.set()

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()


def _tell(server: socket.socket, name: bytes) -> None:
    with suppress(OSError):
        caller, _ = server.accept()
        with caller:
            caller.sendall(name)


@contextmanager
def servers() -> Iterator[Servers]:
    """Servers that run until the end of the block."""
    _allow_many_sockets()
    running = Servers()
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.end()
        thread.join()
        running.close()


def _allow_many_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def answers(probes: Iterable[Probe], *, within: float) -> dict[Probe, str | None]:
    """Who answered each probe; None where nobody did within so many seconds. All are tried at once."""
    found: dict[Probe, str | None] = {}
    with selectors.DefaultSelector() as selector:
        for namespace, some in _by_source(probes).items():
            with netns(namespace):
                for probe in some:
                    _begin(selector, probe, found)
        _gather(selector, found, time.monotonic() + within)
        for key in list(selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return found


def _by_source(probes: Iterable[Probe]) -> Mapping[Path, list[Probe]]:
    found: dict[Path, list[Probe]] = {}
    for probe in probes:
        found.setdefault(probe.source, []).append(probe)
    return found


def _begin(selector: selectors.BaseSelector, probe: Probe, found: dict[Probe, str | None]) -> None:
    found[probe] = None
    caller = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    caller.setblocking(False)
    if caller.connect_ex((probe.address, probe.port)) in {0, errno.EINPROGRESS}:
        selector.register(caller, selectors.EVENT_READ, probe)
    else:
        caller.close()


def _gather(selector: selectors.BaseSelector, found: dict[Probe, str | None], deadline: float) -> None:
    while selector.get_map() and (left := deadline - time.monotonic()) > 0:
        for key, _ in selector.select(timeout=left):
            assert isinstance(key.fileobj, socket.socket)
            found[key.data] = _heard(key.fileobj)
            selector.unregister(key.fileobj)
            key.fileobj.close()


def _heard(caller: socket.socket) -> str | None:
    try:
        return caller.recv(200).decode() or None
    except OSError:
        return None


def resolved(lookups: Sequence[Lookup], *, within: float) -> dict[Lookup, Records]:
    """What the engine's name server says for each name; all are asked at once."""
    found = {lookup: Records(code=None) for lookup in lookups}
    with selectors.DefaultSelector() as selector:
        for lookup in lookups:
            with netns(lookup.source):
                asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            with suppress(OSError):
                asker.connect(DNS)
                asker.send(_question(lookup.name))
            selector.register(asker, selectors.EVENT_READ, lookup)
        deadline = time.monotonic() + within
        while selector.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(timeout=left):
                assert isinstance(key.fileobj, socket.socket)
                with suppress(OSError):
                    found[key.data] = _records(key.fileobj.recv(4096))
                selector.unregister(key.fileobj)
                key.fileobj.close()
        for key in list(selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return found


def _question(name: str) -> bytes:
    """A query for the IPv4 addresses of a name."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">HHHHHH", 4711, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)


def _records(answer: bytes) -> Records:
    """Reads a reply to `_question`: behind the header come the question and the records."""
    _, flags, _, count, _, _ = struct.unpack_from(">HHHHHH", answer)
    here = _past_name(answer, 12) + 4
    addresses = []
    for _ in range(count):
        here = _past_name(answer, here)
        kind, _, _, length = struct.unpack_from(">HHIH", answer, here)
        here += 10
        if kind == 1:
            addresses.append(socket.inet_ntoa(answer[here : here + length]))
        here += length
    return Records(code=flags & 15, addresses=tuple(addresses))


def _past_name(answer: bytes, here: int) -> int:
    while answer[here]:
        if answer[here] >= 0xC0:
            return here + 2
        here += answer[here] + 1
    return here + 1


@contextmanager
def own_namespace() -> Iterator[Path]:
    """A new network namespace with nothing in it; it goes with the block."""
    opened: list[int] = []

    def leave() -> None:
        namespaces.leave()
        opened.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    try:
        yield Path(f"/proc/{os.getpid()}/fd/{opened[0]}")
    finally:
        os.close(opened[0])
