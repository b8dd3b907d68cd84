"""Network namespaces of others: a test looks at the world as an engine or a container sees it."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def netns(namespace: Path) -> Iterator[None]:
    """Puts the calling thread into a network namespace, such as `/proc/PID/ns/net`; needs root.

    Sockets opened inside stay in that namespace; other threads stay where they are.
    """
    with _opened(Path("/proc/thread-self/ns/net")) as home, _opened(namespace) as there:
        _enter(there)
        try:
            yield
        finally:
            _enter(home)


def connects(namespace: Path, address: str, port: int, *, within: float = 2.0) -> bool:
    """Whether a TCP connection from inside the namespace succeeds within so many seconds.

    `address` is an IP address: names are not resolved the way the namespace's own programs would.
    """
    with netns(namespace):
        try:
            socket.create_connection((address, port), timeout=within).close()
        except OSError:
            return False
        return True


def leave() -> None:
    """Puts the calling thread into a new network namespace with nothing in it, for good; needs root."""
    if _libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "making a network namespace (are you root?)")


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "entering a network namespace (are you root?)")
