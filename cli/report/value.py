"""Single values, for scripts."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from cli.exits import Exit


class Value(Struct, frozen=True, kw_only=True):
    """What was asked for, once for each thing. None: that thing has none."""

    kind: ClassVar[str] = "value"

    values: tuple[Any, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE
