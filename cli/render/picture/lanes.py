"""A lane: its ground and its name, and the arrows within it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cli.render.picture.frame import Frame, LanePlace, excess_text, lane_note, short
from cli.render.picture.rows import SIGNS, hue, kinds, visible_lines
from cli.render.picture.scene import SPECIAL, Lane
from cli.render.picture.shapes import Dot, Group, Line, Rect, Shape, Text, wide
from cli.render.picture.tracks import Comb
from cli.report.picture import Change, Sort

HEAD = 8.0
"""Length of an arrow's head."""


def lane_ground(place: LanePlace, frame: Frame) -> Group:
    """What lies below the rows, and the count of what is open without need."""
    lane = place.lane
    kind = ["lane", hue(place), *(["internal"] if lane.internal else []), *kinds(lane.change)]
    top = frame.top if frame.slanted else frame.top - 44
    return Group(
        kind=" ".join(kind),
        title=lane_title(lane),
        marks=(
            ("key", lane.key),
            ("x", f"{place.middle:g}"),
            ("networks", json.dumps(lane.networks, ensure_ascii=False)),
        ),
        shapes=(
            Rect(x=place.x, y=top, w=place.w, h=frame.bottom - top, r=8, kind="ground"),
            *_counted(place, frame),
        ),
    )


def lane_head(place: LanePlace, frame: Frame) -> Group:
    """Its name; level with a note below it, or slanted."""
    lane = place.lane
    sign = f"{SIGNS[lane.change]} " if lane.change else ""
    kind = " ".join(["network", *kinds(lane.change)])
    shapes: tuple[Shape, ...]
    if frame.slanted:
        x, y = place.middle + 3, frame.top - 8
        shapes = (Text(x=x, y=y, text=sign + place.label, size=12, kind=kind, angle=-45),)
    else:
        shapes = (
            Text(
                x=place.middle,
                y=frame.top - 24,
                text=sign + place.label,
                size=12.5,
                kind=kind,
                anchor="middle",
            ),
            Text(
                x=place.middle, y=frame.top - 9, text=lane_note(lane), size=10, kind="soft", anchor="middle"
            ),
        )
    return Group(
        kind=f"lane-head {hue(place)}", title=lane_title(lane), marks=(("key", lane.key),), shapes=shapes
    )


def lane_title(lane: Lane) -> str:
    if lane.key in SPECIAL:
        return ": ".join(SPECIAL[lane.key])
    names = ", ".join(lane.networks[:40])
    lines = [f"network {names}", lane.note]
    lines += [f"{lane.excess:,} pairs reach each other without need"] if lane.excess else []
    lines += [f"{lane.change.value}{': ' + lane.detail if lane.detail else ''}"] if lane.change else []
    return visible_lines([line for line in lines if line])


def _counted(place: LanePlace, frame: Frame) -> Iterator[Shape]:
    """The pairs without need, below the lane: in words where there is room."""
    lane = place.lane
    if not lane.excess:
        return
    full = excess_text(lane)
    text = full if wide(full, 10) <= place.w else short(lane.excess)
    kind = "excess-count waived" if lane.waived else "excess-count"
    yield Text(x=place.middle, y=frame.bottom + 14, text=text, size=10, kind=kind, anchor="middle")


def lane_arrows(place: LanePlace, frame: Frame) -> Iterator[Group]:
    """A group for each comb."""
    for number, track in enumerate(place.tracks):
        for comb in track:
            yield _comb(comb, place.track(number), place, frame)


def comb_kind(sort: Sort, *, waived: bool, change: Change | None) -> str:
    return " ".join([sort.value, *(["waived"] if waived else []), *kinds(change)])


def _comb(comb: Comb, x: float, place: LanePlace, frame: Frame) -> Group:
    kind = comb_kind(comb.sort, waived=comb.waived, change=comb.change)
    return Group(
        kind=f"arrow {kind}",
        title=visible_lines(list(comb.texts[:40])),
        marks=(("lane", place.lane.key), ("pairs", json.dumps(comb.pairs, ensure_ascii=False))),
        shapes=tuple(_strokes(comb, x, [row.y for row in frame.rows], 4.5 if frame.density.image else 3.5)),
    )


def _strokes(comb: Comb, x: float, ys: list[float], half: float) -> Iterator[Shape]:
    """The trunk, a dot where it comes from, a head where it leads; dots alone where it leads both ways."""
    top, bottom = ys[comb.top], ys[comb.bottom]
    heads = [*_heads(comb, ys, half)] if comb.starts else []
    upper = top + half + HEAD - 2 if any(way < 0 and row == comb.top for row, way, _ in heads) else top
    lower = (
        bottom - half - HEAD + 2 if any(way > 0 and row == comb.bottom for row, way, _ in heads) else bottom
    )
    yield Line(points=((x, upper), (x, lower)), kind="trunk")
    for row in comb.starts or comb.ends:
        yield Dot(x=x, y=ys[row], r=3, kind="tooth")
    for _, way, y in heads:
        yield Line(
            points=((x, y), (x - 4.5, y - HEAD * way), (x + 4.5, y - HEAD * way)), kind="tip", filled=True
        )


def _heads(comb: Comb, ys: list[float], half: float) -> Iterator[tuple[int, int, float]]:
    """For each end the row, the way its head points, 1 downwards, and its tip."""
    for row in comb.ends:
        if any(start < row for start in comb.starts):
            yield row, 1, ys[row] - half
        if any(start > row for start in comb.starts):
            yield row, -1, ys[row] + half
