"""The stack file that was made of what runs."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class Import(Struct, frozen=True, kw_only=True):
    """A stack file. `file` is where it was written; None: it is only to be shown.

    `secrets` names the variables that stand for secrets in it, `secrets_file` where their values are.
    """

    kind: ClassVar[str] = "import"

    file: str | None
    text: str
    services: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    secrets_file: str | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
