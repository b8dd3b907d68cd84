"""Where the columns and lines of a picture are: edge, published ports, cards, lanes; a line for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from cli.render.cells import head, tail, visible
from cli.render.picture.scene import Gate, Lane, Row, Scene
from cli.render.picture.shapes import wide
from cli.render.picture.tracks import Comb, combs, tracks

MARGIN = 24.0
RAIL = 26.0
LONGEST = 34
"""Columns of a name that are shown."""
LEVEL = 960.0
"""Room for lanes whose names are written level; with more they are slanted."""


class Density(Struct, frozen=True, kw_only=True):
    """How closely rows stand: heights in pixels, sizes of type; `image` 0 leaves the images out."""

    card: float
    gap: float
    name: float
    image: float
    gate: float
    gates: int


ROOMY = Density(card=46, gap=24, name=14, image=11, gate=19, gates=5)
MIDDLE = Density(card=30, gap=10, name=12.5, image=0, gate=16, gates=4)
TIGHT = Density(card=21, gap=5, name=11, image=0, gate=14, gates=3)


class RowPlace(Struct, frozen=True, kw_only=True):
    """A row: the line of its middle, and where it begins and ends."""

    row: Row
    y: float
    top: float
    bottom: float
    gates: tuple[Gate, ...]
    more: int


class LanePlace(Struct, frozen=True, kw_only=True):
    """A lane: where it is, what it is called at its head, and the tracks within."""

    lane: Lane
    x: float
    w: float
    label: str
    hue: int
    tracks: tuple[tuple[Comb, ...], ...]

    @property
    def middle(self) -> float:
        return self.x + self.w / 2

    def track(self, number: int) -> float:
        """Tracks are spread around the middle."""
        return self.middle + (number - (len(self.tracks) - 1) / 2) * TRACK


class Frame(Struct, frozen=True, kw_only=True):
    """Everything has its column and its line. `world` and `host` are None where the picture has none."""

    density: Density
    world: float | None
    host: float | None
    gate: float
    card: float
    card_wide: float
    slanted: bool
    head: float
    top: float
    bottom: float
    right: float
    rows: tuple[RowPlace, ...]
    lanes: tuple[LanePlace, ...]


TRACK = 12.0
ALONE = "no network"
TITLE = 70.0
"""Height of title and summary."""
HUES = 8


def framed(scene: Scene) -> Frame:
    """The frame of a scene that is in order."""
    density = _density(len(scene.rows))
    world, host, gate = _edge(scene)
    shown = {row.key: _shown(row, density) for row in scene.rows}
    gate_wide = max(
        (wide(text, 11) for row in scene.rows for text in _gate_texts(*shown[row.key])), default=0
    )
    card = gate + gate_wide + (52 if gate_wide else 0)
    card_wide = max((_card_wide(row, density) for row in scene.rows), default=120)
    alone = any(row.mode == "none" for row in scene.rows)
    slanted, lanes = _lanes(scene, card + card_wide + (wide(ALONE, 11) + 24 if alone else 34))
    head_high = TITLE + _head(lanes, slanted=slanted)
    rows = tuple(_rows(scene, shown, density, head_high + 10))
    return Frame(
        density=density,
        world=world,
        host=host,
        gate=gate,
        card=card,
        card_wide=card_wide,
        slanted=slanted,
        head=head_high,
        top=head_high,
        bottom=(rows[-1].bottom if rows else head_high + 20) + 8,
        right=_right(lanes, slanted=slanted, least=card + card_wide + wide(ALONE, 11) + 12),
        rows=rows,
        lanes=lanes,
    )


def _density(rows: int) -> Density:
    if rows <= 12:
        return ROOMY
    return MIDDLE if rows <= 40 else TIGHT


def _edge(scene: Scene) -> tuple[float | None, float | None, float]:
    """Where the world, the host and the column of ports begin."""
    places = {gate.place for row in scene.rows for gate in row.gates}
    x = MARGIN
    world = x if "world" in places else None
    x += RAIL + 12 if world is not None else 0
    host = x if "host" in places else None
    x += RAIL + 12 if host is not None else 0
    return world, host, x + (14 if places else 0)


def _shown(row: Row, density: Density) -> tuple[tuple[Gate, ...], int]:
    """The gates that are drawn, and how many more there are."""
    if len(row.gates) <= density.gates:
        return row.gates, 0
    return row.gates[: density.gates - 1], len(row.gates) - density.gates + 1


def _gate_texts(gates: tuple[Gate, ...], more: int) -> Iterator[str]:
    yield from (gate_text(gate) for gate in gates)
    if more:
        yield more_text(more)


def gate_text(gate: Gate) -> str:
    return head(visible(gate.text), LONGEST)


def more_text(more: int) -> str:
    return f"{more} more"


def name_text(text: str) -> str:
    return head(visible(text), LONGEST)


def image_text(text: str) -> str:
    """An image says most at its end."""
    return tail(visible(text), LONGEST)


def badge_text(row: Row) -> str:
    """How many there are: replicas of one service, or services."""
    if len(row.services) > 1:
        return f"{len(row.services)} services"
    return f"\N{MULTIPLICATION SIGN}{row.replicas}" if row.replicas != 1 else ""


def state_texts(row: Row) -> Iterator[tuple[str, str]]:
    """How it runs, in badges: their kind and text, from the right."""
    state = row.state
    if state is None:
        return
    if state.drift:
        yield "drift", "drift"
    yield state.mood.value, visible(state.text)


def _card_wide(row: Row, density: Density) -> float:
    badge = badge_text(row)
    line = wide(name_text(row.title), density.name) + (22 if row.taints else 0) + (16 if row.change else 0)
    line += wide(badge, density.name - 2) + 22 if badge else 0
    line += sum(wide(text, density.name - 3) + 16 for _, text in state_texts(row)) + 8
    image = wide(image_text(row.image), density.image) if density.image else 0
    return max(line, image, 96) + 28 + (20 if row.inside else 0)


def _lanes(scene: Scene, left: float) -> tuple[bool, tuple[LanePlace, ...]]:
    at = {row.key: place for place, row in enumerate(scene.rows)}
    inner = {lane.key: tuple(map(tuple, tracks(_combs(scene, lane, at)))) for lane in scene.lanes}
    level = [_level(lane) for lane in scene.lanes]
    widths = [max(one, _tracks_wide(inner[lane.key])) for one, lane in zip(level, scene.lanes, strict=True)]
    slanted = sum(widths) > LEVEL
    if slanted:
        widths = [max(24.0, _tracks_wide(inner[lane.key])) for lane in scene.lanes]
    gap = 8.0 if slanted else 14.0
    starts = accumulate((one + gap for one in widths), initial=left)
    return slanted, tuple(
        LanePlace(
            lane=lane,
            x=x,
            w=one,
            label=name_text(lane.title),
            hue=number % HUES,
            tracks=inner[lane.key],
        )
        for number, (lane, x, one) in enumerate(zip(scene.lanes, starts, widths, strict=False))
    )


def _level(lane: Lane) -> float:
    """What a lane needs to have all its words level."""
    count = wide(excess_text(lane), 10) - 24
    return max(wide(name_text(lane.title), 12.5), wide(lane_note(lane), 10), count, 60) + 24


def excess_text(lane: Lane) -> str:
    return f"{short(lane.excess)} without need" if lane.excess else ""


def short(number: int) -> str:
    """`950`, `1.2k`, `85k`: four columns at most."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= size:
            return f"{number / size:.1f}{unit}" if number < 10 * size else f"{number // size}{unit}"
    return str(number)


def lane_note(lane: Lane) -> str:
    return name_text(lane.note)


def _combs(scene: Scene, lane: Lane, at: dict[str, int]) -> Iterator[Comb]:
    arrows = [arrow for arrow in scene.arrows if arrow.lane == lane.key]
    yield from combs(arrows, [one for one in scene.brackets if one.lane == lane.key], at)


def _tracks_wide(inner: Sequence[Sequence[Comb]]) -> float:
    return 16 + max(0, len(inner) - 1) * TRACK + 6


def _head(lanes: Sequence[LanePlace], *, slanted: bool) -> float:
    """The height of the lanes' names."""
    if not lanes:
        return 0
    if not slanted:
        return 44
    return max(wide(one.label, 12) for one in lanes) * SLOPE + 24


SLOPE = 0.7072
"""Sine and cosine of the angle of slanted names."""


def _right(lanes: Sequence[LanePlace], *, slanted: bool, least: float) -> float:
    ends = [one.x + one.w for one in lanes]
    if slanted:
        ends += [one.middle + wide(one.label, 12) * SLOPE + 14 for one in lanes]
    return max([*ends, least])


def _rows(
    scene: Scene, shown: dict[str, tuple[tuple[Gate, ...], int]], density: Density, top: float
) -> Iterator[RowPlace]:
    for row in scene.rows:
        gates, more = shown[row.key]
        high = max(density.card, (len(gates) + bool(more)) * density.gate) + density.gap
        yield RowPlace(row=row, y=top + high / 2, top=top, bottom=top + high, gates=gates, more=more)
        top += high
