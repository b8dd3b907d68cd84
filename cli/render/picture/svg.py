"""`topo graph --format svg`: one file that shows itself light or dark, without script and without fonts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from cli.render.ink import Look
from cli.render.picture.fold import folded
from cli.render.picture.markup import content, element
from cli.render.picture.place import placed
from cli.render.picture.scene import scene
from cli.render.picture.shapes import Dot, Group, Line, Placed, Rect, Shape, Strokes, Text
from cli.report.picture import Picture

ROWS, LANES = 60, 40
"""What fits one look: with more, a picture is folded."""


def text(report: Picture, _look: Look) -> str:
    """The picture as a document of its own."""
    return document(placed(folded(scene(report), rows=ROWS, lanes=LANES, by_kind=True), report))


def document(picture: Placed) -> str:
    """One SVG document."""
    named = (("role", "img"), ("aria-labelledby", "topo-title topo-description"))
    return element(
        "svg",
        (("xmlns", "http://www.w3.org/2000/svg"), ("class", "topo"), *size(picture), *named),
        element("title", (("id", "topo-title"),), content(picture.title)),
        element("desc", (("id", "topo-description"),), content(picture.description)),
        element("style", (), style()),
        *(f"\n{group(one)}" for one in picture.groups),
        "\n",
    )


def style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def size(picture: Placed) -> tuple[tuple[str, str], ...]:
    w, h = f"{picture.width:.0f}", f"{picture.height:.0f}"
    return (("width", w), ("height", h), ("viewBox", f"0 0 {w} {h}"))


def group(one: Group) -> str:
    """A group with what it says of itself."""
    marks = (("class", one.kind), *((f"data-{name}", value) for name, value in one.marks))
    title = [element("title", (), content(one.title))] if one.title else []
    return element("g", marks, *title, *map(shape, one.shapes))


def shape(one: Shape) -> str:
    match one:
        case Text():
            return element("text", _text(one), content(one.text))
        case Rect():
            place = (("x", one.x), ("y", one.y), ("width", one.w), ("height", one.h), ("rx", one.r))
            return element("rect", (*((name, number(value)) for name, value in place), ("class", one.kind)))
        case Dot():
            round_ = (("cx", one.x), ("cy", one.y), ("r", one.r))
            return element(
                "circle", (*((name, number(value)) for name, value in round_), ("class", one.kind))
            )
        case Line():
            points = " ".join(f"{number(x)},{number(y)}" for x, y in one.points)
            return element("path", (("d", f"M{points}{'Z' if one.filled else ''}"), ("class", one.kind)))
        case Strokes():
            y = number(one.y)
            pieces = "".join(f"M{number(start)},{y}H{number(end)}" for start, end in one.pieces)
            return element("path", (("d", pieces), ("class", one.kind)))
    assert_never(one)


def _text(one: Text) -> Iterator[tuple[str, str]]:
    x, y = number(one.x), number(one.y)
    yield from (("x", x), ("y", y), ("font-size", number(one.size)))
    if one.anchor != "start":
        yield "text-anchor", one.anchor
    if one.angle:
        yield "transform", f"rotate({number(one.angle)} {x} {y})"
    yield "class", one.kind


def number(value: float) -> str:
    """A tenth of a pixel is fine enough."""
    return f"{round(value, 1):g}"
