"""Network namespaces of others: a socket opened inside one stays there."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def netns(namespace: Path) -> Iterator[None]:
    """Puts the calling thread into a network namespace, such as `/proc/PID/ns/net`; needs root.

    Sockets opened inside stay in that namespace; other threads stay where they are.

    Raises:
        OSError: it is gone, or may not be entered.
    """
    with _opened(Path("/proc/thread-self/ns/net")) as home, _opened(namespace) as there:
        _enter(there)
        try:
            yield
        finally:
            _enter(home)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
