"""The end of a command that has said all it had to say while it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Nothing more; `code` is what the shell is told, such as that of a command in a container."""

    kind: ClassVar[str] = "said"

    code: int = 0
