"""What lets a container out of its networks, whatever they are (cases 14e to 14m)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

SOCKETS = ("/var/run/docker.sock", "/run/docker.sock")
ESCAPING = frozenset({"SYS_ADMIN", "SYS_PTRACE"})


def holds_socket(source: str) -> bool:
    """A bind of the Docker socket or of a folder above it; read-only is no protection (14e to 14g)."""
    bound = PurePosixPath(source)
    return any(bound == (socket := PurePosixPath(path)) or bound in socket.parents for path in SOCKETS)


def mount_taint(source: str) -> str | None:
    """Why a bind mount of `source` from the host taints, or None."""
    if PurePosixPath(source) == PurePosixPath("/"):
        return "mounts the whole file system of the host"
    if not holds_socket(source):
        return None
    what = (
        "the Docker socket" if source.endswith("docker.sock") else f"{source}, which holds the Docker socket,"
    )
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
