"""What the signs mean: those that occur, in lines as long as there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cli.render.picture.frame import MARGIN
from cli.render.picture.lanes import HEAD
from cli.render.picture.rows import taint_sign
from cli.render.picture.scene import Scene
from cli.render.picture.shapes import Dot, Group, Line, Rect, Shape, Text, wide
from cli.report.picture import Change, Sort

Sign = Callable[[float, float], Iterator[Shape]]
LINE = 20.0


def legend(scene: Scene, y: float, width: float) -> tuple[tuple[Group, ...], float]:
    """A group for each sign, and where they end."""
    groups, x = [], MARGIN
    for kind, text, sign in _entries(scene):
        long = 34 + wide(text, 11) + 18
        if x + long > width - MARGIN and x > MARGIN:
            x, y = MARGIN, y + LINE
        shapes = (*sign(x, y), Text(x=x + 34, y=y + 4, text=text, size=11, kind="soft"))
        groups.append(Group(kind=f"sign {kind}", shapes=shapes))
        x += long
    return tuple(groups), y + 8


def _entries(scene: Scene) -> Iterator[tuple[str, str, Sign]]:
    sorts = {(arrow.sort, arrow.waived) for arrow in scene.arrows}
    sorts |= {(Sort.EXCESS, one.waived) for one in scene.brackets}
    gates = [gate for row in scene.rows for gate in row.gates]
    sorts |= {(Sort.BROKEN, gate.waived) for gate in gates if gate.broken}
    if any(row.joints for row in scene.rows):
        yield "lane n0", "is on the network", _joint
    if any(row.partly for row in scene.rows):
        yield "lane n0", "not each on each", _partly
    for sort, text in TEXTS.items():
        if (sort, False) in sorts:
            yield f"arrow {sort.value}", text, _both if sort is Sort.EXCESS else _arrow
    if any(waived for _, waived in sorts):
        yield "arrow excess waived", "the same, waived", _both
    if any(lane.internal for lane in scene.lanes):
        yield "lane internal n1", "internal: no way out", _ground
    if any(row.taints for row in scene.rows):
        yield "tainted", "can leave its networks", lambda x, y: taint_sign(x + 16, y)
    yield from _changes(scene)


TEXTS = {
    Sort.LINK: "opens connections (link)",
    Sort.ORDER: "waits for it (depends_on)",
    Sort.EXCESS: "open without need",
    Sort.BROKEN: "breaks a claim",
}


BESIDE_THE_FILE = {
    Change.ADDED: "there, but not in the file",
    Change.REMOVED: "in the file, but not there",
    Change.CHANGED: "another than in the file",
}


def _changes(scene: Scene) -> Iterator[tuple[str, str, Sign]]:
    found = {one.change for one in scene.rows} | {one.change for one in scene.lanes}
    found |= {one.change for one in scene.arrows}
    found |= {change for row in scene.rows for change in row.joints.values()}
    found |= {gate.change for row in scene.rows for gate in row.gates}
    for change in Change:
        if change in found:
            text = BESIDE_THE_FILE[change] if scene.runs else change.value
            yield f"row {change.value}", text, _changed(change)


def _joint(x: float, y: float) -> Iterator[Shape]:
    yield Rect(x=x, y=y - 4.5, w=26, h=9, r=4.5, kind="joint")


def _partly(x: float, y: float) -> Iterator[Shape]:
    yield Rect(x=x, y=y - 4.5, w=26, h=9, r=4.5, kind="joint partly")


def _ground(x: float, y: float) -> Iterator[Shape]:
    yield Rect(x=x + 2, y=y - 7, w=22, h=14, r=4, kind="ground")


def _arrow(x: float, y: float) -> Iterator[Shape]:
    yield Dot(x=x + 3, y=y, r=3, kind="tooth")
    yield Line(points=((x + 3, y), (x + 18, y)), kind="trunk")
    yield Line(
        points=((x + 26, y), (x + 26 - HEAD, y - 4.5), (x + 26 - HEAD, y + 4.5)), kind="tip", filled=True
    )


def _both(x: float, y: float) -> Iterator[Shape]:
    yield Line(points=((x + 3, y), (x + 23, y)), kind="trunk")
    yield Dot(x=x + 3, y=y, r=3, kind="tooth")
    yield Dot(x=x + 23, y=y, r=3, kind="tooth")


def _changed(change: Change) -> Sign:
    def sign(x: float, y: float) -> Iterator[Shape]:
        yield Rect(x=x + 2, y=y - 7, w=22, h=14, r=4, kind=f"card {change.value}")

    return sign
