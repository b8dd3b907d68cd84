"""What lets a container out of its networks, whatever they are (cases 14e to 14m)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import PurePosixPath

SOCKET = "docker.sock"
SOCKETS = (f"/var/run/{SOCKET}", f"/run/{SOCKET}")
ESCAPING = frozenset({"SYS_ADMIN", "SYS_PTRACE"})


def holds_socket(source: str) -> bool:
    """A bind of the Docker socket or of a folder above it; read-only is no protection (14e to 14g).

    The socket of an engine that is not root's is somewhere else, and called the same.
    """
    bound = _plain(source)
    if bound.name == SOCKET:
        return True
    return any(bound in PurePosixPath(path).parents for path in SOCKETS)


def _plain(source: str) -> PurePosixPath:
    """An absolute path without what changes nothing: `//run/x/../docker.sock` is `/run/docker.sock`."""
    return PurePosixPath(posixpath.normpath("/" + source.lstrip("/")))


def mount_taint(source: str) -> str | None:
    """Why a bind mount of `source` from the host taints, or None."""
    if _plain(source) == PurePosixPath("/"):
        return "mounts the whole file system of the host"
    if not holds_socket(source):
        return None
    is_it = _plain(source).name == SOCKET
    what = "the Docker socket" if is_it else f"{source}, which holds the Docker socket,"
    return f"mounts {what} and can join any network with it"


def process_taint(*, privileged: bool, pid: str | None, capabilities: Iterable[str]) -> str | None:
    """Why these rights taint, or None. `pid: host` alone does not, nor do the capabilities (case 14h)."""
    if privileged:
        return "is privileged and can enter any network of the host"
    held = frozenset(capabilities)
    if pid is None or not ("ALL" in held or held >= ESCAPING):
        return None
    return "sees foreign processes and holds SYS_ADMIN and SYS_PTRACE, so it can enter their networks"


HOST_NETWORK = "shares the host's network"
