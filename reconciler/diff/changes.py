"""What a difference is made of: changes of containers, networks and volumes, field by field."""

from __future__ import annotations

import enum
from typing import Any, Final

from msgspec import Struct

from reconciler.address import Address
from reconciler.fields import Reach
from reconciler.state import LiveShared, LiveUnit, Shared, Unit
from topology.findings import Path


class Cause(enum.Enum):
    """Why a field differs."""

    STACK = "stack changed"
    DRIFT = "drifted"
    BOTH = "stack changed and drifted"
    IMAGE = "image changed"
    NEEDED = "follows another change"
    UNFINISHED = "left unfinished"


class Action(enum.Enum):
    """What a change does to the thing as a whole."""

    CREATE = "create"
    UPDATE = "update in place"
    AWAIT = "await"
    RECONNECT = "reconnect"
    REPLACE = "replace"
    REMOVE = "remove"
    ADOPT = "adopt"


class FieldChange(Struct, frozen=True, kw_only=True):
    """One field that differs. Values are canonical; a None is "not set"."""

    name: str
    old: Any
    new: Any
    cause: Cause
    reach: Reach
    sensitive: bool = False


class UnitChange(Struct, frozen=True, kw_only=True):
    """What is to be done at the address of a container.

    Attributes:
        want: None when it is to go.
        live: the container that is kept, updated or replaced; None when there is none.
        leftovers: further containers at this address, from an interrupted replacement.
        yields: it holds what another container of the stack needs now, and lets it go before anything else.
    """

    address: Address
    action: Action
    reason: str
    fields: tuple[FieldChange, ...] = ()
    want: Unit | None = None
    live: LiveUnit | None = None
    leftovers: tuple[LiveUnit, ...] = ()
    yields: bool = False


class SharedChange(Struct, frozen=True, kw_only=True):
    """What is to be done to a network or a volume."""

    address: Address
    action: Action
    reason: str
    fields: tuple[FieldChange, ...] = ()
    want: Shared | None = None
    live: LiveShared | None = None


Change = UnitChange | SharedChange


class Obstacle(Struct, frozen=True, kw_only=True):
    """Something that keeps a plan from being carried out and that topo will not remove by itself.

    `path` is the place in the stack file that asks for what cannot be had.
    """

    address: Address
    message: str
    mend: str
    path: Path = ()


class Difference(Struct, frozen=True, kw_only=True):
    """All that separates what is wanted from what is there; empty when nothing does."""

    changes: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.obstacles)


def cause_of(want: Any, recorded: Any, live: Any) -> Cause:
    """Which of the two others the recorded value sides with."""
    if want == recorded:
        return Cause.DRIFT
    return Cause.STACK if recorded == live else Cause.BOTH


_ALONE: Final = {Reach.RECONNECT: Action.RECONNECT, Reach.AWAIT: Action.AWAIT}
"""What a change does that goes so far and no further."""


def action_of(fields: tuple[FieldChange, ...]) -> Action:
    """How far a container has to be changed so that these fields are."""
    reaches = {field.reach for field in fields}
    if Reach.REPLACE in reaches:
        return Action.REPLACE
    return _ALONE.get(next(iter(reaches)), Action.UPDATE) if len(reaches) == 1 else Action.UPDATE
