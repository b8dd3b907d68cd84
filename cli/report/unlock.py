"""A stack that was freed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cli.exits import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseLine:
    """Who held it; `dead`: his process was seen to have ended."""

    holder: str
    dead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """The leases that were taken away; none where nobody held the stack."""

    kind: ClassVar[str] = "unlock"

    stack: str
    freed: tuple[LeaseLine, ...] = ()

    @property
    def code(self) -> Exit:
        return Exit.DONE
