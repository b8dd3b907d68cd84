"""What is at a path of this machine, as far as an export can carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field

LARGEST: Final = 256_000
"""Bytes of a file, or of all in a folder, that count as small."""


class Seen(Struct, frozen=True, kw_only=True):
    """A file, or a folder of plain files by their names; a file is one without a name.

    `why` is why it cannot be carried; empty, it can.
    """

    is_folder: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    why: str = ""

    @property
    def is_missing(self) -> bool:
        return self.why == MISSING

    @property
    def content(self) -> bytes:
        """What a file holds."""
        return self.files.get("", b"")


MISSING: Final = "there is no such file"
NOTHING: Final = Seen(why=MISSING)
