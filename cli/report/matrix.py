"""Who reaches whom, as a table."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class CellLine(Struct, frozen=True, kw_only=True):
    """How one end reaches another, and the path or the reason."""

    source: str
    target: str
    way: str
    path: str


class Matrix(Struct, frozen=True, kw_only=True):
    """A cell for each ordered pair of `ends`, row by row."""

    kind: ClassVar[str] = "matrix"

    stack: str
    ends: tuple[str, ...]
    cells: tuple[CellLine, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE

    @property
    def ways(self) -> dict[tuple[str, str], str]:
        """The way by source and target."""
        return {(cell.source, cell.target): cell.way for cell in self.cells}
