"""What a plan would do, in words and values that need nothing of the reconciler to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct, field

from cli.exits import Exit

CREATE, UPDATE, AWAIT, RECONNECT, REPLACE, REMOVE, ADOPT = (
    "create",
    "update in place",
    "await",
    "reconnect",
    "replace",
    "remove",
    "adopt",
)
ACTIONS = (CREATE, UPDATE, AWAIT, RECONNECT, REPLACE, REMOVE, ADOPT)


class FieldLine(Struct, frozen=True, kw_only=True):
    """A field that differs. Values of a sensitive one are not told, only whether it has any."""

    name: str
    old: Any
    new: Any
    cause: str
    reach: str
    sensitive: bool


class ChangeLine(Struct, frozen=True, kw_only=True):
    """What is to be done to one thing.

    `gap` says of a replacement whether there is a moment without either container; `spec` is what will be
    made, with secrets as digests; `leftovers` counts containers of an interrupted replacement to remove.
    """

    address: str
    kind: str
    name: str
    replica: int
    action: str
    reason: str
    gap: bool | None = None
    fields: tuple[FieldLine, ...] = ()
    leftovers: int = 0
    spec: Mapping[str, Any] | None = None


class ObstacleLine(Struct, frozen=True, kw_only=True):
    """What keeps the plan from being carried out, what to do, and where the stack file asks for it."""

    address: str
    message: str
    mend: str
    place: str | None = None


class StepLine(Struct, frozen=True, kw_only=True):
    """One call to the engine; `needs` are the positions of the steps that come before it."""

    address: str
    text: str
    needs: tuple[int, ...] = ()


class ReachLine(Struct, frozen=True, kw_only=True):
    """A pair that can open more, or less, than before; `path` is one way of it."""

    source: str
    target: str
    path: str


class Reachability(Struct, frozen=True, kw_only=True):
    """What the change does to who can reach whom. When not `complete`, there is more than is listed."""

    gained: tuple[ReachLine, ...] = ()
    lost: tuple[ReachLine, ...] = ()
    complete: bool = True


class Plan(Struct, frozen=True, kw_only=True):
    """Everything a plan says. `show_steps` and `detailed` are how it was asked for."""

    kind: ClassVar[str] = "plan"

    stack: str
    engine: str
    changes: tuple[ChangeLine, ...] = ()
    obstacles: tuple[ObstacleLine, ...] = ()
    notes: tuple[str, ...] = ()
    reachability: Reachability = Reachability()
    steps: tuple[StepLine, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    detailed: bool = False
    show_steps: bool = False

    @property
    def code(self) -> Exit:
        if self.obstacles:
            return Exit.FAILED
        return Exit.NO if self.detailed and self.steps else Exit.DONE

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to do, and nothing that would keep it from being done."""
        return not (self.changes or self.obstacles or self.steps)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many things each action meets."""
        return {action: sum(change.action == action for change in self.changes) for action in ACTIONS}
