"""What is drawn as one where there is too much: first what is alike, then neighbours that are most alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct

from cli.render.picture.kinds import kinds as kinds_of
from cli.render.picture.kinds import leaders
from cli.render.picture.order import ordered
from cli.render.picture.scene import SPECIAL, Arrow, Bracket, Lane, Row, Scene
from cli.report.picture import Change, Mood, State
from topology.structs import replace

T = TypeVar("T")


def folded(scene: Scene, *, rows: int, lanes: int, by_kind: bool = False) -> Scene:
    """The scene in order, with at most so many rows and lanes, give or take those that are no network.

    `by_kind` also draws as one what plays the same part in different places, which says most in one look.
    """
    found = ordered(scene)
    kinds = (_of_a_kind,) if by_kind else ()
    for step in (_lodgers_in, *kinds, _alike_quiet, _alike, _parallel, _alike):
        if len(found.rows) <= rows and len(found.lanes) <= lanes:
            return found
        found = ordered(step(found))
    if len(found.rows) > rows:
        found = ordered(_rows_as(found, _row_bundles(found, rows)))
    if len(found.lanes) > lanes:
        found = ordered(_lanes_as(found, _lane_bundles(found, lanes)))
    return found


def _lodgers_in(scene: Scene) -> Scene:
    """Who lives in another's network stack is drawn with it."""
    return _rows_as(scene, {row.key: row.inside or row.key for row in scene.rows})


def _of_a_kind(scene: Scene) -> Scene:
    """What plays the same part."""
    rows, lanes = kinds_of(scene)
    joined = _rows_as(scene, leaders(rows, (row.key for row in scene.rows)))
    return _lanes_as(joined, leaders(lanes, (lane.key for lane in scene.lanes)))


def _alike_quiet(scene: Scene) -> Scene:
    """Services on the same networks, but for those that publish something or are tainted."""
    return _rows_as(
        scene,
        _first_of(scene.rows, lambda row: row.key, lambda row: () if row.stands_out else _nature(row)),
    )


def _alike(scene: Scene) -> Scene:
    """Services on the same networks."""
    return _rows_as(scene, _first_of(scene.rows, lambda row: row.key, _nature))


def _nature(row: Row) -> tuple[object, ...]:
    return (row.mode, row.change, tuple(sorted(row.joints)), tuple(sorted(row.partly)))


def _parallel(scene: Scene) -> Scene:
    """Networks with the same services on them."""
    members: dict[str, list[str]] = {lane.key: [] for lane in scene.lanes}
    for row in scene.rows:
        for key in row.joints:
            members[key].append(row.key)

    def nature(lane: Lane) -> tuple[object, ...]:
        return () if lane.key in SPECIAL else (lane.internal, lane.change, tuple(members[lane.key]))

    return _lanes_as(scene, _first_of(scene.lanes, lambda lane: lane.key, nature))


def _first_of(
    things: Iterable[T], key: Callable[[T], str], nature: Callable[[T], tuple[object, ...]]
) -> dict[str, str]:
    """Each thing's key → the key of the first of its nature; those without a nature stay alone."""
    seen: dict[tuple[object, ...], str] = {}
    return {key(one): seen.setdefault(nature(one) or (key(one),), key(one)) for one in things}


def _row_bundles(scene: Scene, most: int) -> dict[str, str]:
    """Rows that stand out are bundled last."""
    parts = [
        Part(
            keys=(row.key,),
            traits=frozenset(row.joints),
            weight=len(row.services) + (len(scene.rows) if row.stands_out else 0),
        )
        for row in scene.rows
    ]
    return _bundled(parts, most)


def _lane_bundles(scene: Scene, most: int) -> dict[str, str]:
    special = {lane.key: lane.key for lane in scene.lanes if lane.key in SPECIAL}
    members: dict[str, list[str]] = {lane.key: [] for lane in scene.lanes if lane.key not in special}
    for row in scene.rows:
        for key in row.joints.keys() & members.keys():
            members[key].append(row.key)
    parts = [Part(keys=(key,), traits=frozenset(rows), weight=len(rows)) for key, rows in members.items()]
    return special | _bundled(parts, most - len(special))


class Part(Struct, frozen=True, kw_only=True):
    """Neighbours that are one already; the lighter are joined first where all are equally alike."""

    keys: tuple[str, ...]
    traits: frozenset[str]
    weight: int

    def joined(self, other: Part) -> Part:
        return Part(
            keys=self.keys + other.keys,
            traits=self.traits | other.traits,
            weight=self.weight + other.weight,
        )


def _bundled(parts: list[Part], most: int) -> dict[str, str]:
    """Neighbours become one, the most alike first, until there are at most `most`: key → key of its first."""
    parts = list(parts)
    costs = [_cost(one, other) for one, other in pairwise(parts)]
    while len(parts) > max(most, 1):
        at = min(range(len(costs)), key=costs.__getitem__)
        parts[at : at + 2] = [parts[at].joined(parts[at + 1])]
        del costs[at]
        for near in (at - 1, at):
            if 0 <= near < len(costs):
                costs[near] = _cost(parts[near], parts[near + 1])
    return {key: part.keys[0] for part in parts for key in part.keys}


def _cost(one: Part, other: Part) -> tuple[float, int]:
    either = one.traits | other.traits
    alike = len(one.traits & other.traits) / len(either) if either else 1.0
    return -round(alike, 1), one.weight + other.weight


def _rows_as(scene: Scene, leaders: Mapping[str, str]) -> Scene:
    bundles: dict[str, list[Row]] = {}
    for row in scene.rows:
        bundles.setdefault(leaders[row.key], []).append(row)
    return replace(
        scene,
        rows=tuple(_row(bundle) for bundle in bundles.values()),
        arrows=tuple(_arrows(scene.arrows, lambda row: leaders[row], lambda lane: lane)),
        brackets=tuple(_brackets(scene.brackets, lambda row: leaders[row], lambda lane: lane)),
    )


def _lanes_as(scene: Scene, leaders: Mapping[str, str]) -> Scene:
    bundles: dict[str, list[Lane]] = {}
    for lane in scene.lanes:
        bundles.setdefault(leaders[lane.key], []).append(lane)
    sizes = {key: len(bundle) for key, bundle in bundles.items()}
    return replace(
        scene,
        lanes=tuple(_lane(bundle) for bundle in bundles.values()),
        rows=tuple(_moved(row, leaders, sizes) for row in scene.rows),
        arrows=tuple(_arrows(scene.arrows, lambda row: row, lambda lane: leaders.get(lane, lane))),
        brackets=tuple(_brackets(scene.brackets, lambda row: row, lambda lane: leaders.get(lane, lane))),
    )


def _row(bundle: list[Row]) -> Row:
    first = bundle[0]
    if len(bundle) == 1:
        return first
    lanes = list(dict.fromkeys(key for row in bundle for key in row.joints))
    return Row(
        key=first.key,
        services=tuple(name for row in bundle for name in row.services),
        replicas=sum(row.replicas for row in bundle),
        image=first.image if len({row.image for row in bundle}) == 1 else "",
        joints=MappingProxyType({key: _same(row.joints.get(key) for row in bundle) for key in lanes}),
        partly=frozenset(
            key for key in lanes if any(key not in row.joints or key in row.partly for row in bundle)
        ),
        gates=tuple(dict.fromkeys(gate for row in bundle for gate in row.gates)),
        taints=tuple(dict.fromkeys(f"{row.title} {taint}" for row in bundle for taint in row.taints)),
        mode=first.mode,
        change=_same(row.change for row in bundle),
        state=_state([row.state for row in bundle if row.state]),
    )


def _state(states: list[State]) -> State | None:
    if not states:
        return None
    well, wanted = sum(one.well for one in states), sum(one.wanted for one in states)
    return State(
        mood=max((one.mood for one in states), key=list(Mood).index),
        text=states[0].text if len({one.text for one in states}) == 1 else f"{well} of {wanted} well",
        well=well,
        wanted=wanted,
        drift=sum(one.drift for one in states),
        lines=tuple(line for one in states for line in one.lines),
    )


def _lane(bundle: list[Lane]) -> Lane:
    first = bundle[0]
    if len(bundle) == 1:
        return first
    return Lane(
        key=first.key,
        networks=tuple(name for lane in bundle for name in lane.networks),
        note=f"{sum(len(lane.networks) for lane in bundle)} networks",
        internal=all(lane.internal for lane in bundle),
        excess=sum(lane.excess for lane in bundle),
        waived=all(lane.waived for lane in bundle if lane.excess),
        change=_same(lane.change for lane in bundle),
    )


def _moved(row: Row, leaders: Mapping[str, str], sizes: Mapping[str, int]) -> Row:
    """The row on the bundles of its lanes; partly where it is not on each lane of one."""
    held: dict[str, list[str]] = {}
    for key in row.joints:
        held.setdefault(leaders[key], []).append(key)
    return replace(
        row,
        joints=MappingProxyType(
            {leader: _same(row.joints[key] for key in keys) for leader, keys in held.items()}
        ),
        partly=frozenset(
            leader
            for leader, keys in held.items()
            if len(keys) < sizes[leader] or any(key in row.partly for key in keys)
        ),
    )


def _same(changes: Iterable[Change | None]) -> Change | None:
    """What all of them are, else a change of some kind."""
    found = set(changes)
    if len(found) == 1:
        return found.pop()
    return Change.CHANGED


def _arrows(
    arrows: Iterable[Arrow], row: Callable[[str], str], lane: Callable[[str], str]
) -> Iterator[Arrow]:
    """Those that still lead from one row to another, each once; its text counts the others."""
    found: dict[tuple[object, ...], list[Arrow]] = {}
    for one in arrows:
        moved = replace(one, source=row(one.source), target=row(one.target), lane=lane(one.lane))
        if moved.source != moved.target:
            nature = (one.sort, moved.source, moved.target, moved.lane, one.both, one.waived, one.change)
            found.setdefault(nature, []).append(moved)
    for bundle in found.values():
        yield replace(bundle[0], count=sum(one.count for one in bundle))


def _brackets(
    brackets: Iterable[Bracket], row: Callable[[str], str], lane: Callable[[str], str]
) -> Iterator[Bracket]:
    """One for each lane, but that what is waived stays apart."""
    found: dict[tuple[str, bool], list[Bracket]] = {}
    for one in brackets:
        found.setdefault((lane(one.lane), one.waived), []).append(one)
    for (key, waived), bundle in found.items():
        rows = tuple(dict.fromkeys(row(name) for one in bundle for name in one.rows))
        yield Bracket(lane=key, rows=rows, text="; ".join(one.text for one in bundle), waived=waived)
