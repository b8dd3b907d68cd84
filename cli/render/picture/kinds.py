"""What plays the same part: the web of one team and that of another, and so their networks."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from cli.render.picture.scene import Gate, Lane, Row, Scene

ROUNDS = 8
"""How far around it is looked: stacks are not deeper than that between two edges."""

Kinds = dict[str, int]


def kinds(scene: Scene) -> tuple[Kinds, Kinds]:
    """A number for the part that each row plays, and one for each lane (colour refinement).

    Two rows are of a kind if they look alike, are on networks of the same kinds, and need and are needed by
    the same kinds; how many of each does not count.
    """
    rows = _numbered({row.key: _look(row) for row in scene.rows})
    lanes = _numbered({lane.key: _ground(lane) for lane in scene.lanes})
    for _ in range(ROUNDS):
        before = len(set(rows.values())), len(set(lanes.values()))
        rows, lanes = _around(scene, rows, lanes), _within(scene, rows, lanes)
        if before == (len(set(rows.values())), len(set(lanes.values()))):
            break
    return rows, lanes


def _around(scene: Scene, rows: Kinds, lanes: Kinds) -> Kinds:
    needs: dict[str, set[Hashable]] = {key: set() for key in rows}
    for arrow in scene.arrows:
        carried = arrow.sort, lanes.get(arrow.lane), arrow.change, arrow.waived
        needs[arrow.source].add((*carried, "to", rows[arrow.target]))
        needs[arrow.target].add((*carried, "from", rows[arrow.source]))
    return _numbered(
        {
            row.key: (
                rows[row.key],
                frozenset((lanes[key], change) for key, change in row.joints.items()),
                frozenset(needs[row.key]),
            )
            for row in scene.rows
        }
    )


def _within(scene: Scene, rows: Kinds, lanes: Kinds) -> Kinds:
    there: dict[str, set[int]] = {key: set() for key in lanes}
    for row in scene.rows:
        for key in row.joints:
            there[key].add(rows[row.key])
    return _numbered({key: (lanes[key], frozenset(there[key])) for key in lanes})


def _look(row: Row) -> Hashable:
    return (
        row.image,
        row.replicas,
        row.mode,
        row.inside,
        row.change,
        bool(row.taints),
        frozenset(map(_gate, row.gates)),
        row.state and (row.state.mood, row.state.text, bool(row.state.drift)),
    )


def _gate(gate: Gate) -> Hashable:
    return gate.place, gate.outward, gate.broken, gate.waived, gate.change


def _ground(lane: Lane) -> Hashable:
    return (
        lane.internal,
        lane.change,
        bool(lane.excess),
        lane.waived,
        lane.key if lane.key[0] == "=" else "",
    )


def _numbered(natures: Mapping[str, Hashable]) -> Kinds:
    """The same number for the same nature, in the order in which they are met."""
    numbers: dict[Hashable, int] = {}
    return {key: numbers.setdefault(nature, len(numbers)) for key, nature in natures.items()}


def leaders(kinds: Kinds, keys: Iterable[str]) -> dict[str, str]:
    """Each key → the first of its kind."""
    first: dict[int, str] = {}
    return {key: first.setdefault(kinds[key], key) for key in keys}
