"""What runs, and how it differs from what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from cli.exits import Exit
from cli.report.plan import ChangeLine, FieldLine, ObstacleLine

ABSENT = "absent"
DRIFTED = frozenset({"drifted", "stack changed and drifted"})


class AppliedLine(Struct, frozen=True, kw_only=True):
    """The last apply; `complete`: nothing of what it wanted is missing or another now."""

    at: str
    by: str
    version: str
    complete: bool


class TaskLine(Struct, frozen=True, kw_only=True):
    """One run of a service: on which node, in which state, and why it waits or how it failed."""

    slot: int
    node: str
    state: str
    said: str
    current: bool


class UnitLine(Struct, frozen=True, kw_only=True):
    """One container, or one service, that is wanted or there. `status` is the engine's word, or `absent`.

    A `job` is meant to end. `up_seconds` is how long it has been running, None if it is not. Where it runs,
    `ports` are those of the host that really are open; `addresses` are its own, by network. Of a service
    `running` tells how many of the `asked` tasks do; both are None of a container. `ready` is None where the
    file says nothing of it, or it takes more than looking; what is not ready `lacks` something, and while it
    is still given time to get ready its `health` is starting. `update` is how far the engine is with one that
    is not at the end that was asked for, and `update_said` what it says of that.
    """

    address: str
    service: str
    replica: int
    wanted: bool
    job: bool
    status: str
    health: str
    exit_code: int | None
    error: str
    up_seconds: float | None
    image: str
    ports: tuple[str, ...]
    networks: tuple[str, ...]
    container: str
    id: str
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    running: int | None = None
    asked: int | None = None
    ready: bool | None = None
    lacks: str = ""
    tasks: tuple[TaskLine, ...] = ()
    update: str = ""
    update_said: str = ""

    @property
    def is_well(self) -> bool:
        """Runs as it should, or has ended well if it is a job."""
        if self.running is not None and self.running < (self.asked or 0):
            return False
        if self.status == "exited":
            return self.job and self.exit_code == 0
        if self.ready is False and self.health != "starting":
            return False
        return self.status == "running" and self.health in {"none", "healthy", "starting"}


class DriftLine(Struct, frozen=True, kw_only=True):
    """A field that somebody else than topo changed."""

    address: str
    field: FieldLine


class Status(Struct, frozen=True, kw_only=True):
    """The stack as it is. `pending` are changes of the file that were not applied yet.

    `idle_nodes` take no tasks, each with the reason. `applied` is None where the engine tells of no apply.
    """

    kind: ClassVar[str] = "status"

    stack: str
    engine: str
    units: tuple[UnitLine, ...]
    drift: tuple[DriftLine, ...]
    missing: tuple[str, ...]
    pending: tuple[ChangeLine, ...]
    obstacles: tuple[ObstacleLine, ...]
    applied: AppliedLine | None = None
    idle_nodes: tuple[str, ...] = ()

    @property
    def code(self) -> Exit:
        is_well = all(unit.is_well for unit in self.units if unit.wanted)
        return Exit.DONE if is_well and not (self.drift or self.missing or self.obstacles) else Exit.NO
