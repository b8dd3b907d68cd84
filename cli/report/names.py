"""Where the containers of a stack can be found from outside of Docker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cli.exits import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One address, and what leads there."""

    address: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The running containers of a stack by address, those of one service together."""

    kind: ClassVar[str] = "names"

    stack: str
    records: tuple[Record, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE
