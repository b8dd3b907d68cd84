"""A row: its card, the ports that lead in from the edge, its line through the lanes, where it is joined."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from cli.render.cells import visible
from cli.render.picture.frame import (
    ALONE,
    RAIL,
    Frame,
    LanePlace,
    RowPlace,
    badge_text,
    gate_text,
    image_text,
    more_text,
    name_text,
    state_texts,
)
from cli.render.picture.scene import Gate, Row
from cli.render.picture.shapes import Group, Line, Rect, Shape, Strokes, Text, wide
from cli.report.picture import Change

SIGNS = {Change.ADDED: "+", Change.REMOVED: "\N{MINUS SIGN}", Change.CHANGED: "~"}


def row_group(place: RowPlace, frame: Frame, reached: frozenset[str]) -> Group:
    """All of a row; `reached` are lanes that its line leads to though it is not on them."""
    row = place.row
    return Group(
        kind=" ".join(["row", *kinds(row.change), *(["tainted"] if row.taints else [])]),
        title=row_title(row),
        marks=(
            ("key", row.key),
            ("y", f"{place.y:g}"),
            ("services", json.dumps(row.services, ensure_ascii=False)),
        ),
        shapes=(
            Rect(
                x=frame.card - 6,
                y=place.top,
                w=frame.right - frame.card + 12,
                h=place.bottom - place.top,
                kind="band",
            ),
            *_line(place, frame, reached),
            *_elbow(place, frame),
            *_card(place, frame),
            *_gates(place, frame),
        ),
    )


def kinds(change: Change | None) -> list[str]:
    return [change.value] if change else []


def row_title(row: Row) -> str:
    """All that is known of it, in lines."""
    names = (
        [row.title]
        if len(row.services) == 1
        else [f"{len(row.services)} services: {', '.join(row.services[:40])}"]
    )
    count = f" {badge_text(row)}" if row.replicas != 1 else ""
    lines = [f"{', '.join(names)}{count}", *([row.image] if row.image else [])]
    lines += [f"{'claim broken: ' if gate.broken else ''}{gate.place}: {gate.text}" for gate in row.gates]
    lines += [f"tainted: {taint}" for taint in row.taints]
    lines += [f"{key.removeprefix(':')}: {', '.join(held)}" for key, held in row.addresses.items()]
    lines += [f"in the network stack of {row.inside}"] if row.inside else []
    lines += row.state.lines[:40] if row.state else ()
    lines += [f"{row.change.value}{': ' + row.detail if row.detail else ''}"] if row.change else []
    return visible_lines(lines)


def visible_lines(lines: list[str]) -> str:
    return "\n".join(map(visible, lines))


def _line(place: RowPlace, frame: Frame, reached: frozenset[str]) -> Iterator[Shape]:
    """Through the lanes to the last that it is on; faint where it only passes."""
    lanes = [one for one in frame.lanes if one.lane.key in place.row.joints or one.lane.key in reached]
    if not lanes:
        yield from _alone(place, frame)
        return
    start, last = frame.card + frame.card_wide, lanes[-1].x
    passed = [one for one in frame.lanes if one.x < last and one not in lanes]
    edges = [start, *(x for one in passed for x in (one.x, one.x + one.w)), last + 8]
    yield Strokes(y=place.y, pieces=tuple(_paired(edges)), kind="wire")
    if passed:
        yield Strokes(y=place.y, pieces=tuple(_paired(edges[1:-1])), kind="wire under")
    for one in lanes:
        yield from _joint(place, one, frame)


def _paired(edges: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Two by two."""
    return zip(edges[::2], edges[1::2], strict=True)


def _alone(place: RowPlace, frame: Frame) -> Iterator[Shape]:
    if place.row.inside is None and place.row.mode == "none":
        x = frame.card + frame.card_wide + 12
        yield Text(x=x, y=place.y + 4, text=ALONE, size=11, kind="soft")


def _joint(place: RowPlace, lane: LanePlace, frame: Frame) -> Iterator[Shape]:
    key, row = lane.lane.key, place.row
    if key not in row.joints:
        yield Line(points=((lane.x, place.y), (lane.x + lane.w - 4, place.y)), kind="wire under")
        return
    high = 9.0 if frame.density.image else 7.0
    kind = ["joint", hue(lane), *(["partly"] if key in row.partly else []), *kinds(row.joints[key])]
    yield Rect(x=lane.x + 4, y=place.y - high / 2, w=lane.w - 8, h=high, r=high / 2, kind=" ".join(kind))


def hue(lane: LanePlace) -> str:
    return "special" if lane.lane.key.startswith("=") else f"n{lane.hue}"


def _elbow(place: RowPlace, frame: Frame) -> Iterator[Shape]:
    """From the card above, whose network stack it lives in."""
    if place.row.inside is None:
        return
    x = frame.card + 9
    yield Line(
        points=((x, place.top - frame.density.gap / 2), (x, place.y), (frame.card + 20, place.y)),
        kind="elbow",
    )


def _gates(place: RowPlace, frame: Frame) -> Iterator[Shape]:
    pitch = frame.density.gate
    count = len(place.gates) + bool(place.more)
    y = place.y - (count - 1) * pitch / 2
    for gate in place.gates:
        yield from _gate(gate, y, place.row, frame)
        y += pitch
    if place.more:
        yield Text(x=frame.gate + 8, y=y + 4, text=more_text(place.more), size=11, kind="soft")


def _gate(gate: Gate, y: float, row: Row, frame: Frame) -> Iterator[Shape]:
    rail = frame.world if gate.place == "world" else frame.host
    start, card = (rail or 0) + RAIL, frame.card + (20 if row.inside else 0)
    text = gate_text(gate)
    end = frame.gate + 8 + wide(text, 11)
    kind = " ".join(
        [
            "gate",
            *(["broken"] if gate.broken else []),
            *(["waived"] if gate.waived else []),
            *kinds(gate.change),
        ]
    )
    yield Line(points=((start, y), (frame.gate + 2, y)), kind=kind)
    yield Line(points=((end + 6, y), (card, y)), kind=kind)
    yield Text(x=frame.gate + 8, y=y + 4, text=text, size=11, kind=kind.replace("gate", "port", 1))
    yield arrow_head(start if gate.outward else card, y, -1 if gate.outward else 1, kind)


def arrow_head(x: float, y: float, way: int, kind: str) -> Line:
    """A triangle that points right, or left where `way` is negative."""
    points = ((x, y), (x - 8 * way, y - 4), (x - 8 * way, y + 4))
    return Line(points=points, kind=kind.replace("gate", "gate-head", 1), filled=True)


def _card(place: RowPlace, frame: Frame) -> Iterator[Shape]:
    row, density = place.row, frame.density
    x = frame.card + (20 if row.inside else 0)
    w, y = frame.card + frame.card_wide - x, place.y - density.card / 2
    kind = " ".join(["card", *kinds(row.change)])
    if len(row.services) > 1:
        yield Rect(x=x + 4, y=y + 3, w=w, h=density.card, r=7, kind=f"{kind} behind")
    yield Rect(x=x, y=y, w=w, h=density.card, r=7, kind=kind)
    yield from _writing(place, frame, x)
    yield from _badges(place, frame, x + w - 12)


def _writing(place: RowPlace, frame: Frame, x: float) -> Iterator[Shape]:
    row, density = place.row, frame.density
    image = image_text(row.image) if density.image else ""
    line = place.y + density.name * 0.35 - (8 if image else 0)
    left = x + 12
    if row.change:
        yield Text(x=left, y=line, text=SIGNS[row.change], size=density.name, kind=f"sign {row.change.value}")
        left += 16
    yield Text(
        x=left,
        y=line,
        text=name_text(row.title),
        size=density.name,
        kind=" ".join(["name", *kinds(row.change)]),
    )
    if image:
        yield Text(x=x + 12, y=place.y + 15, text=image, size=density.image, kind="soft")


def _badges(place: RowPlace, frame: Frame, right: float) -> Iterator[Shape]:
    """From the right: how many, how they run, and whether something lets it out of its networks."""
    row, density = place.row, frame.density
    line = place.y - (8 if density.image and row.image else 0)
    badge, size = badge_text(row), density.name - 2
    if badge:
        w = wide(badge, size) + 10
        yield Rect(x=right - w, y=line - size * 0.72, w=w, h=size * 1.44, r=size * 0.72, kind="badge")
        yield Text(x=right - w + 5, y=line + size * 0.35, text=badge, size=size, kind="count")
        right -= w + 6
    for kind, text in state_texts(row):
        w, small = wide(text, size - 1) + 10, size - 1
        yield Rect(x=right - w, y=line - size * 0.72, w=w, h=size * 1.44, r=4, kind=f"state {kind}")
        yield Text(x=right - w + 5, y=line + size * 0.32, text=text, size=small, kind=f"state {kind}")
        right -= w + 6
    if row.taints:
        yield from taint_sign(right - 8, line)


def taint_sign(x: float, y: float) -> Iterator[Shape]:
    yield Line(points=((x, y - 7), (x + 7.5, y + 6), (x - 7.5, y + 6)), kind="taint", filled=True)
    yield Line(points=((x, y - 2.5), (x, y + 1.5)), kind="bang")
    yield Line(points=((x, y + 3.4), (x, y + 4.4)), kind="bang")
