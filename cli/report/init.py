"""The stack file that was begun."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class Init(Struct, frozen=True, kw_only=True):
    """A stack file. `file` is where it was written; None: it is only to be shown."""

    kind: ClassVar[str] = "init"

    file: str | None
    text: str
    findings: int

    @property
    def code(self) -> Exit:
        return Exit.DONE
