"""This process, so that it can be told from every other one, and whether another one still lives."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
from pathlib import Path

from cli import __version__
from cli.world import World
from reconciler.history import Byline
from reconciler.lease import Lease, Process

_PROC = Path("/proc")
_MACHINE_ID = Path("/etc/machine-id")


def this_process(proc: Path = _PROC, machine_id: Path = _MACHINE_ID) -> Process:
    """Who we are, as far as the machine tells."""
    return Process(
        host=socket.gethostname(),
        pid=os.getpid(),
        began=_began(_line(_stat(os.getpid(), proc))) or "",
        boot=_line(proc / "sys/kernel/random/boot_id"),
        space=_space(proc),
        machine=_digest(_line(machine_id)),
    )


def user() -> str:
    """Who runs us, by name where there is one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def author() -> str:
    """Who runs us, and where."""
    return f"{user()}@{socket.gethostname()}"


def byline(world: World) -> Byline:
    """Whose apply it is that begins now."""
    return Byline(by=author(), at=moment(world), version=__version__)


def moment(world: World) -> str:
    """Now, as it is written down."""
    return world.now().isoformat(timespec="seconds")


def is_dead(lease: Lease, here: Process, proc: Path = _PROC) -> bool:
    """Whether the holder of a lease has ended. Of another machine or container nobody can tell: no.

    Machines may have one name (many are called localhost): another run counts only on the same machine.
    """
    there = lease.process
    if there.host != here.host:
        return False
    if there.boot != here.boot:
        return bool(there.boot and here.boot and there.machine) and there.machine == here.machine
    if there.space != here.space:
        return False
    told = _line(_stat(there.pid, proc))
    return _began(told) != there.began if told else not _exists(there.pid)  # others' may be hidden from us


def _stat(pid: int, proc: Path) -> Path:
    return proc / str(pid) / "stat"


def _began(told: str) -> str | None:
    """When a process began, in ticks since its machine did; None of one that has ended."""
    fields = told.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] != "Z" else None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _digest(machine_id: str) -> str:
    """A machine's id is not to be shown as it is (machine-id(5))."""
    return hashlib.sha256(f"topo {machine_id}".encode()).hexdigest()[:16] if machine_id else ""


def _space(proc: Path) -> str:
    try:
        return str((proc / "self/ns/pid").readlink())
    except OSError:
        return ""
