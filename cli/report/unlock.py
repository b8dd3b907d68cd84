"""A stack that was freed."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class LeaseLine(Struct, frozen=True, kw_only=True):
    """Who held it; `dead`: his process was seen to have ended."""

    holder: str
    dead: bool


class Unlock(Struct, frozen=True, kw_only=True):
    """The leases that were taken away; none where nobody held the stack."""

    kind: ClassVar[str] = "unlock"

    stack: str
    freed: tuple[LeaseLine, ...] = ()

    @property
    def code(self) -> Exit:
        return Exit.DONE
