"""What a placed picture is made of. Lengths are pixels; y grows downwards."""

from __future__ import annotations

import math

from msgspec import Struct

from cli.render.cells import visible, width

ADVANCE = 0.62
"""Width of a column in a monospaced font of size 1, rounded up: those in use have 0.55 to 0.61."""
ASCENT, DESCENT = 0.82, 0.26

Point = tuple[float, float]


def wide(text: str, size: float) -> float:
    """How much room a text needs at most, as it will be shown."""
    return width(visible(text)) * size * ADVANCE


class Text(Struct, frozen=True, kw_only=True):
    """A line of text from its baseline; `angle` turns it around its start, in degrees, clockwise."""

    x: float
    y: float
    text: str
    size: float
    kind: str = ""
    anchor: str = "start"
    angle: float = 0.0

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """The corners of what it covers, turned as it is."""
        long = wide(self.text, self.size)
        left = {"start": 0.0, "middle": -long / 2, "end": -long}[self.anchor]
        top, bottom = -self.size * ASCENT, self.size * DESCENT
        right = left + long
        return (
            self._turned(left, top),
            self._turned(right, top),
            self._turned(right, bottom),
            self._turned(left, bottom),
        )

    def _turned(self, x: float, y: float) -> Point:
        turn = math.radians(self.angle)
        across, down = math.cos(turn), math.sin(turn)
        return self.x + x * across - y * down, self.y + x * down + y * across


class Rect(Struct, frozen=True, kw_only=True):
    """A rectangle with rounded corners."""

    x: float
    y: float
    w: float
    h: float
    r: float = 0.0
    kind: str = ""


class Line(Struct, frozen=True, kw_only=True):
    """A line through points. `filled` makes it an area."""

    points: tuple[Point, ...]
    kind: str = ""
    filled: bool = False


class Strokes(Struct, frozen=True, kw_only=True):
    """Pieces of one level line, each from x to x."""

    y: float
    pieces: tuple[Point, ...]
    kind: str = ""


class Dot(Struct, frozen=True, kw_only=True):
    """A filled circle."""

    x: float
    y: float
    r: float
    kind: str = ""


Shape = Text | Rect | Line | Strokes | Dot


class Group(Struct, frozen=True, kw_only=True):
    """Shapes that are one thing to a reader: `title` is what it says of itself, `marks` its data."""

    kind: str
    title: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    shapes: tuple[Shape, ...] = ()


class Placed(Struct, frozen=True, kw_only=True):
    """A picture that only has to be written: groups from back to front; the lanes begin at `head`."""

    width: float
    height: float
    head: float
    title: str
    description: str
    groups: tuple[Group, ...]
    marks: tuple[tuple[str, str], ...] = ()
