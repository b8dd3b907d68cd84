"""`topo matrix`: words where they fit the terminal, else letters; CSV and markdown always have words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink, Look
from cli.render.markdown import table
from cli.report.matrix import Matrix

LETTERS = {
    "same stack": "S",
    "direct": "D",
    "published": "P",
    "host": "H",
    "out": "O",
    "by name only": "N",
    "not provable": "?",
    "no": "·",
}
MEANINGS = {
    "same stack": "one network stack: 127.0.0.1",
    "direct": "by a network of both, on every port",
    "published": "by a published port",
    "host": "by the host's own network",
    "out": "beyond this host",
    "by name only": "the name resolves, but no packet gets there",
    "not provable": "Docker's rules do not decide it",
    "no": "not at all",
}


def text(report: Matrix, look: Look) -> str:
    """Rows reach columns."""
    fits = _fits(report, look.columns)
    rows = _words(report) if fits else _short(report)
    legend = _legend(report, look.ink, letters=not fits)
    return "\n".join([*_aligned(rows, look.ink), "", *legend])


def as_csv(report: Matrix, _look: Look) -> str:
    """A row for each source; a name that a spreadsheet would compute is made text."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([[_harmless(cell) for cell in row] for row in _words(report)])
    return stream.getvalue().removesuffix("\n")


def markdown(report: Matrix, _look: Look) -> str:
    """A table for a pull request or a page."""
    head, *rows = _words(report)
    return table(head, rows)


def _words(report: Matrix) -> list[list[str]]:
    ways = report.ways
    rows = [[one, *(ways.get((one, other), "") for other in report.ends)] for one in report.ends]
    return [["", *report.ends], *rows]


def _short(report: Matrix) -> list[list[str]]:
    """Letters below numbers, the numbers beside the names."""
    ways = report.ways
    head = ["", "", *(str(number) for number in range(1, len(report.ends) + 1))]
    rows = [
        [one, str(number), *(LETTERS.get(ways.get((one, other), ""), "") for other in report.ends)]
        for number, one in enumerate(report.ends, 1)
    ]
    return [head, *rows]


def _fits(report: Matrix, columns: int) -> bool:
    return sum(_widths(_words(report))) + 2 * len(report.ends) <= columns


def _widths(rows: list[list[str]]) -> list[int]:
    return [max(width(visible(row[place])) for row in rows) for place in range(len(rows[0]))]


def _aligned(rows: list[list[str]], ink: Ink) -> Iterator[str]:
    widths = _widths(rows)
    for number, row in enumerate(rows):
        cells = [padded(visible(cell), wide) for cell, wide in zip(row, widths, strict=True)]
        inked = [
            ink.strong(cell) if number == 0 or place == 0 else _inked(cell, ink)
            for place, cell in enumerate(cells)
        ]
        yield "  ".join(inked).rstrip()


def _inked(cell: str, ink: Ink) -> str:
    colours: dict[str, Callable[[str], str]] = {
        "direct": ink.warning,
        "D": ink.warning,
        "published": ink.changed,
        "P": ink.changed,
        "not provable": ink.error,
        "?": ink.error,
        "no": ink.faint,
        "·": ink.faint,
    }
    return colours.get(cell.strip(), str)(cell)


def _legend(report: Matrix, ink: Ink, *, letters: bool) -> Iterator[str]:
    """The words that occur, explained."""
    used = {cell.way for cell in report.cells}
    wide = max(map(width, used), default=0)
    for way, letter in LETTERS.items():
        if way in used:
            mark = f"{letter}  " if letters else ""
            yield ink.faint(f"{mark}{padded(way, wide)}  {MEANINGS[way]}")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
