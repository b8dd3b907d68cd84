"""What `topo watch` tells while it runs: one thing at a time."""

from __future__ import annotations

import enum
from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit
from cli.report.plan import FieldLine


class Event(enum.Enum):
    """What has happened."""

    WATCHING = "watching"
    DRIFT = "drift"
    OBSTACLE = "obstacle"
    SETTLED = "settled"
    """It is in order again, and not by us."""
    HEALED = "healed"
    FAILED = "failed"
    WAITING = "waiting"
    """Somebody else is changing the stack."""
    LOST = "lost"
    BACK = "back"
    READ = "read"
    """The stack file was read again."""
    REFUSED = "refused"
    """It cannot be used, and what it said before still counts."""
    STOPPED = "stopped"


class News(Struct, frozen=True, kw_only=True):
    """One line. `seconds`: how long it took since it was noticed; `retry_in`: when it is tried again."""

    kind: ClassVar[str] = "news"

    at: str
    event: Event
    stack: str
    address: str = ""
    message: str = ""
    hints: tuple[str, ...] = ()
    action: str = ""
    fields: tuple[FieldLine, ...] = ()
    seconds: float | None = None
    retry_in: float | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
