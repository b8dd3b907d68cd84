"""Single values, for scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cli.exits import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What was asked for, once for each thing. None: that thing has none."""

    kind: ClassVar[str] = "value"

    values: tuple[Any, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE
