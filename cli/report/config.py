"""The resolved stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct, field

from cli.exits import Exit


class Config(Struct, frozen=True, kw_only=True):
    """The resolved stack as it could stand in a file; or, if asked for, only names of its parts.

    `long` is the same in Compose's long forms.
    """

    kind: ClassVar[str] = "config"

    stack: Mapping[str, object]
    long: Mapping[str, object] = field(default_factory=dict)
    names: tuple[str, ...] | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
