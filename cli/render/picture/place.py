"""Scene → shapes with places: lanes behind, rows across them, arrows in front, the legend below."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import head, visible
from cli.render.picture.frame import MARGIN, RAIL, Frame, framed
from cli.render.picture.lanes import lane_arrows, lane_ground, lane_head
from cli.render.picture.legend import legend
from cli.render.picture.rows import row_group
from cli.render.picture.scene import Scene
from cli.render.picture.shapes import ADVANCE, Group, Placed, Rect, Text
from cli.render.picture.words import notes, summary, title
from cli.report.picture import Picture

LEAST = 620.0
RAIL_EVERY = 900.0
"""Pixels after which the name of the edge is written again."""


def placed(scene: Scene, picture: Picture) -> Placed:
    """The whole picture."""
    frame = framed(scene)
    width = max(LEAST, frame.right + MARGIN)
    foot, bottom = _foot(frame, scene, picture, width)
    return Placed(
        width=width,
        height=bottom + MARGIN,
        head=frame.head,
        title=visible(title(picture)),
        description=visible(summary(picture)),
        marks=_marks(frame),
        groups=(
            *(lane_ground(one, frame) for one in frame.lanes),
            *_rails(frame),
            *_rows(frame, scene),
            *(group for one in frame.lanes for group in lane_arrows(one, frame)),
            *(lane_head(one, frame) for one in frame.lanes),
            _titled(picture, width),
            *foot,
        ),
    )


def _marks(frame: Frame) -> tuple[tuple[str, str], ...]:
    """What a page needs to draw ways over the picture."""
    found = [("card", frame.card), ("wire", frame.card + frame.card_wide)]
    found += [("world", frame.world + RAIL)] if frame.world is not None else []
    found += [("host", frame.host + RAIL)] if frame.host is not None else []
    return tuple((name, f"{x:g}") for name, x in found)


def _rails(frame: Frame) -> Iterator[Group]:
    for name, x in (("world", frame.world), ("host", frame.host)):
        if x is None:
            continue
        high = max(frame.bottom - frame.top, 90)
        times = max(1, int(high // RAIL_EVERY))
        yield Group(
            kind=f"rail {name}",
            title={"world": "everything beyond this host", "host": "programs on the Docker host"}[name],
            marks=(("key", name),),
            shapes=(
                Rect(x=x, y=frame.top, w=RAIL, h=high, r=8, kind="edge"),
                *(
                    Text(
                        x=x + RAIL / 2 + 4,
                        y=frame.top + high * (number + 0.5) / times,
                        text=name,
                        size=12,
                        kind="edge-name",
                        anchor="middle",
                        angle=-90,
                    )
                    for number in range(times)
                ),
            ),
        )


def _rows(frame: Frame, scene: Scene) -> Iterator[Group]:
    reached: dict[str, set[str]] = {}
    for arrow in scene.arrows:
        for end in (arrow.source, arrow.target):
            reached.setdefault(end, set()).add(arrow.lane)
    for place in frame.rows:
        yield row_group(place, frame, frozenset(reached.get(place.row.key, ())))


def _titled(picture: Picture, width: float) -> Group:
    return Group(
        kind="titles",
        shapes=(
            Text(x=MARGIN, y=32, text=fitting(title(picture), 18, width), size=18, kind="title"),
            Text(x=MARGIN, y=52, text=fitting(summary(picture), 12, width), size=12, kind="soft"),
        ),
    )


def _foot(frame: Frame, scene: Scene, picture: Picture, width: float) -> tuple[tuple[Group, ...], float]:
    """What is to be read below the picture, and where it ends."""
    y = max(frame.bottom, frame.top + 90 if frame.world or frame.host else 0) + (
        26 if any(one.lane.excess for one in frame.lanes) else 8
    )
    lines = []
    for kind, text in notes(picture):
        y += 18
        lines.append(Text(x=MARGIN, y=y, text=fitting(text, 12, width), size=12, kind=kind))
    groups = [Group(kind="notes", shapes=tuple(lines))] if lines else []
    signs, end = legend(scene, y + (28 if lines else 18), width)
    return (*groups, *signs), end


def fitting(text: str, size: float, width: float) -> str:
    """As much of a line as there is room for."""
    return head(visible(text), int((width - 2 * MARGIN) / (size * ADVANCE)))
