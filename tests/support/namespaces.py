"""Network namespaces of others: a test looks at the world as an engine or a container sees it."""

from __future__ import annotations

import ctypes
import socket
from pathlib import Path

from reconciler.probe.namespaces import CLONE_NEWNET, netns

__all__ = ["connects", "leave", "netns"]

_libc = ctypes.CDLL(None, use_errno=True)


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
