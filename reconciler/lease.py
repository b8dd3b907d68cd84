"""The right to change a stack, kept in the engine itself: a volume that names who has it.

Creating a volume that exists gives back the labels of whoever was first, so of many who try at once each
learns who has won (60 rounds of 12 threads on 20.10, 30 on 26.1 and 28.5: one winner each time). A lease is
given back by removing its volume. One whose holder is dead is succeeded by the next generation,
`topo.lock.shop.2`, and never removed first: between removing and creating somebody else might come.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from msgspec import Struct, field

from reconciler import address
from reconciler.errors import Conflict, NotFound
from topology.structs import replace

Json = dict[str, Any]


class Process(Struct, frozen=True, kw_only=True):
    """A process that can be told from every other one, as far as its machine lets us.

    Attributes:
        began: the moment of its start, in the kernel's count; "" where that is not told.
        boot: which run of the machine it lives in.
        machine: a digest of what tells machines of one name apart; "" where nothing does.
        space: the process ids that its `pid` is one of.
    """

    host: str
    pid: int
    began: str = ""
    boot: str = ""
    space: str = ""
    machine: str = ""


class Lease(Struct, frozen=True, kw_only=True):
    """Who may change a stack, and since when; `doing` is the command, `token` is drawn for each attempt."""

    stack: str
    doing: str
    user: str
    process: Process
    since: str
    generation: int = 1
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def name(self) -> str:
        """What the engine calls its volume."""
        return f"topo.lock.{self.stack}.{self.generation}"

    def __str__(self) -> str:
        where = f"{self.process.host}, process {self.process.pid}"
        return f"{self.doing} by {self.user} on {where}, since {self.since}"


class Volumes(Protocol):
    """The calls that a lease takes."""

    def volumes(self) -> list[Json]:
        """See `DaemonReader`."""

    def create_volume(self, body: Json) -> Json:
        """See `Daemon`."""

    def remove_volume(self, name: str) -> None:
        """See `Daemon`."""


def leases(volumes: Iterable[Mapping[str, Any]], stack: str) -> tuple[Lease, ...]:
    """The leases of a stack that exist, the oldest generation first."""
    found = (_read(raw) for raw in volumes if (raw.get("Labels") or {}).get(address.STACK) == stack)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.generation))


def claim(on: Volumes, asked: Lease, is_dead: Callable[[Lease], bool]) -> Lease:
    """The lease that holds now: `asked` in its generation, known by its token, or somebody else's.

    Raises:
        Conflict: a volume that is not topo's has the name of the lock.
        EngineError: the engine could not be asked.
    """
    there = leases(on.volumes(), asked.stack)
    holding = next((one for one in there if not is_dead(one)), None)
    if holding is not None:
        return holding
    mine = replace(asked, generation=there[-1].generation + 1 if there else 1)
    first = _read(on.create_volume(_body(mine)))
    if first is None:
        raise Conflict(f"a volume that is not topo's is called {mine.name}")
    return _alone(on, mine, is_dead) if first.token == mine.token else first


def _alone(on: Volumes, mine: Lease, is_dead: Callable[[Lease], bool]) -> Lease:
    """`mine`, unless another generation was begun at the same time; then both step back and try again."""
    others = [one for one in leases(on.volumes(), mine.stack) if one.token != mine.token]
    rival = next((one for one in others if not is_dead(one)), None)
    if rival is not None:
        release(on, mine)
        return rival
    for dead in others:
        release(on, dead)
    return mine


def release(on: Volumes, lease: Lease) -> None:
    """Gives a lease back; one that is gone already is fine."""
    with suppress(NotFound):
        on.remove_volume(lease.name)


def _body(lease: Lease) -> Json:
    process = lease.process
    return {
        "Name": lease.name,
        "Labels": {
            address.STACK: lease.stack,
            address.LOCK: str(lease.generation),
            "topo.doing": lease.doing,
            "topo.user": lease.user,
            "topo.since": lease.since,
            "topo.token": lease.token,
            "topo.host": process.host,
            "topo.pid": str(process.pid),
            "topo.began": process.began,
            "topo.boot": process.boot,
            "topo.space": process.space,
            "topo.machine": process.machine,
        },
    }


def _read(raw: Mapping[str, Any]) -> Lease | None:
    labels = raw.get("Labels") or {}
    generation, pid = str(labels.get(address.LOCK, "")), str(labels.get("topo.pid", ""))
    if not (generation.isdigit() and pid.isdigit()):
        return None
    said = {
        name: str(labels.get(f"topo.{name}", "")) for name in ("host", "began", "boot", "space", "machine")
    }
    return Lease(
        stack=str(labels.get(address.STACK, "")),
        doing=str(labels.get("topo.doing", "")),
        user=str(labels.get("topo.user", "")),
        since=str(labels.get("topo.since", "")),
        token=str(labels.get("topo.token", "")),
        generation=int(generation),
        process=Process(pid=int(pid), **said),
    )
