"""The JSON Schema of stack files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class Schema(Struct, frozen=True, kw_only=True):
    """The schema itself; it carries no version of a report, for editors read it."""

    kind: ClassVar[str] = "schema"

    schema: Mapping[str, object]

    @property
    def code(self) -> Exit:
        return Exit.DONE
