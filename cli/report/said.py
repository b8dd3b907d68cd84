"""The end of a command that has said all it had to say while it ran."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class Said(Struct, frozen=True, kw_only=True):
    """Nothing more; `code` is what the shell is told, such as that of a command in a container."""

    kind: ClassVar[str] = "said"

    code: int = 0
