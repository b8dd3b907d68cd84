"""No text of a picture runs over another, and none out of the picture, whatever there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from cli.picturing import pictured
from cli.render.picture.fold import folded
from cli.render.picture.place import placed
from cli.render.picture.scene import scene
from cli.render.picture.shapes import Placed, Point, Text
from cli.report.picture import Change, Mood, Picture, State
from tests.support.command import world
from tests.support.pictured import SHOP, large
from topology.load import load
from topology.structs import replace

CROWDED = SHOP.replace(
    'ports: ["8080:80"]', 'ports: ["127.0.0.1:8000-8011:8000-8011", "9000:9000/udp", "9001"]'
)


def picture_of(text: str, folder: Path) -> Picture:
    (folder / "stack.yml").write_text(text)
    return pictured(load(["stack.yml"], environ={}, directory=folder), world(folder))


def running(picture: Picture) -> Picture:
    """The same with something to say of each service."""
    ill = State(mood=Mood.ILL, text="12 of 34 well", well=12, wanted=34, drift=3)
    return replace(
        picture,
        states={one.name: ill for one in picture.graph.services},
        changes={("service", one.name): Change.CHANGED for one in picture.graph.services},
    )


def texts(drawn: Placed) -> list[Text]:
    return [shape for group in drawn.groups for shape in group.shapes if isinstance(shape, Text)]


def is_apart(one: Text, other: Text) -> bool:
    """Whether some line has one on this side and the other on that."""
    return any(
        max(_along(axis, one)) <= min(_along(axis, other)) + 0.01
        or max(_along(axis, other)) <= min(_along(axis, one)) + 0.01
        for axis in (*_axes(one), *_axes(other))
    )


def _axes(text: Text) -> Iterator[Point]:
    a, b, c, _ = text.corners
    yield b[0] - a[0], b[1] - a[1]
    yield c[0] - b[0], c[1] - b[1]


def _along(axis: Point, text: Text) -> list[float]:
    return [axis[0] * x + axis[1] * y for x, y in text.corners]


@pytest.mark.parametrize("is_running", [False, True], ids=["said", "running"])
@pytest.mark.parametrize("text", [SHOP, CROWDED, large(12), large(40)], ids=["shop", "crowded", "12", "40"])
def test_no_text_runs_over_another(tmp_path: Path, text: str, is_running: bool) -> None:
    picture = picture_of(text, tmp_path)
    picture = running(picture) if is_running else picture
    drawn = placed(folded(scene(picture), rows=60, lanes=40, by_kind=True), picture)
    written = [one for one in texts(drawn) if one.text]
    assert len(written) > 10
    assert [(a.text, b.text) for a, b in combinations(written, 2) if not is_apart(a, b)] == []
    outside = [
        one.text
        for one in written
        if not all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in one.corners)
    ]
    assert outside == []
