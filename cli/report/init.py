"""The stack file that was begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cli.exits import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Init:
    """A stack file. `file` is where it was written; None: it is only to be shown."""

    kind: ClassVar[str] = "init"

    file: str | None
    text: str
    findings: int

    @property
    def code(self) -> Exit:
        return Exit.DONE
