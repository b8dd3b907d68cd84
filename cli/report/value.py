"""Single values, for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def at(document: Any, path: Sequence[str]) -> Any:
    """What stands at a path of a document; None where that leads nowhere."""
    for step in path:
        document = document.get(step) if isinstance(document, Mapping) else None
    return document
