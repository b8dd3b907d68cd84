"""The JSON Schema of stack files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cli.exits import Exit


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema itself; it carries no version of a report, for editors read it."""

    kind: ClassVar[str] = "schema"

    schema: Mapping[str, object]

    @property
    def code(self) -> Exit:
        return Exit.DONE
