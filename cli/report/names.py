"""Where the containers of a stack can be found from outside of Docker."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class Record(Struct, frozen=True, kw_only=True):
    """One address, and what leads there."""

    address: str
    names: tuple[str, ...]


class Names(Struct, frozen=True, kw_only=True):
    """The running containers of a stack by address, those of one service together."""

    kind: ClassVar[str] = "names"

    stack: str
    records: tuple[Record, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE
