"""The networks that would give exactly what services need."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit
from cli.report.check import ClaimLine
from topology.rules import Score
from topology.suggest import Reverse, Stay, Suspected


class NetLine(Struct, frozen=True, kw_only=True):
    """A network of the suggestion; `kept` is in the file already."""

    name: str
    members: tuple[str, ...]
    internal: bool
    kept: bool
    subnet: str | None = None


class Suggest(Struct, frozen=True, kw_only=True):
    """A suggestion with what comes of it.

    `claims` are those that do not hold afterwards; `diff` is the patch to the file, `saved` where the new
    file went instead.
    """

    kind: ClassVar[str] = "suggest"

    stack: str
    file: str
    needs: int
    exact: bool
    networks: tuple[NetLine, ...]
    gone: tuple[str, ...]
    before: Score
    after: Score
    stays: tuple[Stay, ...]
    reverses: tuple[Reverse, ...]
    suspected: tuple[Suspected, ...]
    claims: tuple[ClaimLine, ...]
    notes: tuple[str, ...]
    diff: str
    saved: str | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
