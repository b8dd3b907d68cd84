"""What stands beside what: services that share small networks are neighbours, clients above servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import networkx
from msgspec import Struct

from cli.render.picture.scene import OTHER_LANE, SPECIAL, Arrow, Lane, Row, Scene
from cli.report.picture import Sort
from topology.structs import replace

FEW = 40
"""Rows up to which every place is tried for each: it takes a tenth of a second."""
ROUNDS = 3
NEEDS = {Sort.LINK, Sort.ORDER}


def ordered(scene: Scene) -> Scene:
    """The same rows and lanes, in the order in which they are drawn."""
    rows = _rows(scene)
    return replace(scene, rows=rows, lanes=_lanes(scene.lanes, rows, scene.arrows))


def _rows(scene: Scene) -> tuple[Row, ...]:
    """Communities one after another, each from its clients to its servers."""
    rank = ranks(scene)
    alike = {row.key: tuple(sorted(row.joints)) for row in scene.rows}
    blocks = _communities(scene)
    blocks.sort(key=lambda block: min(rank[key] for key in block))
    for block in blocks:
        block.sort(key=lambda key: (rank[key][:2], alike[key], rank[key]))
    keys = [key for block in blocks for key in block]
    return _with_lodgers(_nearer(keys, _ties(scene)) if len(keys) <= FEW else keys, scene)


def _communities(scene: Scene) -> list[list[str]]:
    """Rows that share networks more with each other than with the rest (Louvain's method).

    A small network binds more than one that half of the stack is on.
    """
    keys = [row.key for row in scene.rows if row.inside is None]
    graph: networkx.Graph[int] = (
        networkx.Graph()
    )  # of numbers: sets of those have the same order in every run
    graph.add_nodes_from(range(len(keys)))
    lanes = {lane.key: number for number, lane in enumerate(scene.lanes, len(keys))}
    number = {key: place for place, key in enumerate(keys)}
    sizes = Counter(key for row in scene.rows for key in row.joints)
    for row in scene.rows:
        if row.key in number:
            graph.add_weighted_edges_from((number[row.key], lanes[key], 1 / sizes[key]) for key in row.joints)
    if not graph.number_of_edges():
        return [keys] if keys else []
    found = networkx.community.louvain_communities(graph, seed=1)
    return [block for one in found if (block := [keys[node] for node in sorted(one) if node < len(keys)])]


class Ties(Struct, frozen=True, kw_only=True):
    """What draws rows together: those of each lane, needs, and the edge for those that are open to it."""

    lanes: tuple[tuple[str, ...], ...]
    needs: tuple[tuple[str, str], ...]
    opened: tuple[str, ...]

    def spread(self, keys: Sequence[str]) -> int:
        """How long lanes and arrows are, in rows; arrows upwards and open rows far down cost more."""
        at = {key: place for place, key in enumerate(keys)}
        cost = 2 * sum(at[key] for key in self.opened)
        for rows in self.lanes:
            places = [at[row] for row in rows]
            cost += 2 * (max(places) - min(places))
        for source, target in self.needs:
            down = at[target] - at[source]
            cost += down if down > 0 else 8 - 3 * down
        return cost


def _nearer(keys: list[str], ties: Ties) -> list[str]:
    """Each row moves to where it makes the picture least spread out, as long as that helps."""
    best = ties.spread(keys)
    for _ in range(ROUNDS):
        before = best
        for key in tuple(keys):
            best, keys = _moved(key, keys, best, ties)
        if best == before:
            break
    return keys


def _moved(key: str, keys: list[str], best: int, ties: Ties) -> tuple[int, list[str]]:
    """The best place for one row, with what it costs there."""
    others = [one for one in keys if one != key]
    for place in range(len(keys)):
        tried = [*others[:place], key, *others[place:]]
        cost = ties.spread(tried)
        if cost < best:
            best, keys = cost, tried
    return best, keys


def _ties(scene: Scene) -> Ties:
    lanes: dict[str, list[str]] = {}
    for row in scene.rows:
        for lane in row.joints if row.inside is None else ():
            lanes.setdefault(lane, []).append(row.key)
    return Ties(
        lanes=tuple(map(tuple, lanes.values())),
        needs=tuple((arrow.source, arrow.target) for arrow in scene.arrows if arrow.sort in NEEDS),
        opened=tuple(row.key for row in scene.rows if row.inside is None and _is_open(row)),
    )


def _is_open(row: Row) -> bool:
    return any(gate.place == "world" and not gate.outward for gate in row.gates)


Rank = tuple[int, int, int]


def ranks(scene: Scene) -> dict[str, Rank]:
    """How far from the edge: needs lead to a larger number; then open to the world first, then as written.

    Who needs nobody and is needed by nobody comes last, unless it is open.
    """
    needs: dict[str, list[str]] = {}
    for arrow in scene.arrows:
        if arrow.sort in NEEDS:
            needs.setdefault(arrow.source, []).append(arrow.target)
    opened = {row.key for row in scene.rows if _is_open(row)}
    depth = _depths([row.key for row in scene.rows], needs)
    needed = {target for targets in needs.values() for target in targets}
    deepest = max(depth.values(), default=0)
    for row in scene.rows:
        if row.key in needed or row.key in opened:
            continue
        targets = [depth[target] for target in needs.get(row.key, ()) if target != row.key]
        depth[row.key] = max(0, min(targets) - 1) if targets else deepest + 1
    return {row.key: (depth[row.key], row.key not in opened, place) for place, row in enumerate(scene.rows)}


def _depths(keys: Sequence[str], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The longest way that leads to each; what closes a circle does not count."""
    left = dict.fromkeys(keys, 0)
    for targets in needs.values():
        for target in targets:
            left[target] += 1
    depth = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not left[key]]
    waiting = {key: None for key in keys if left[key]}
    while ready or waiting:
        if not ready:
            ready = [next(iter(waiting))]
            waiting.pop(ready[0])
        here = ready.pop()
        for target in needs.get(here, ()):
            left[target] -= 1
            if target in waiting:
                depth[target] = max(depth[target], depth[here] + 1)
                if not left[target]:
                    waiting.pop(target)
                    ready.append(target)
    return depth


def _with_lodgers(keys: Sequence[str], scene: Scene) -> tuple[Row, ...]:
    """Who lives in another's network stack stands below it."""
    rows = {row.key: row for row in scene.rows}
    inside: dict[str, list[Row]] = {}
    for row in scene.rows:
        if row.inside is not None:
            inside.setdefault(row.inside, []).append(row)
    return tuple(one for key in keys for one in (rows[key], *inside.get(key, ())))


def _lanes(lanes: Sequence[Lane], rows: Sequence[Row], arrows: Sequence[Arrow]) -> tuple[Lane, ...]:
    """Staircase: a lane that begins further up is further left; what is no network stands last."""
    at = {row.key: place for place, row in enumerate(rows)}
    first = {lane.key: len(rows) for lane in lanes}
    last = dict.fromkeys(first, 0)
    spans = [(key, at[row.key]) for row in rows for key in row.joints]
    spans += [(arrow.lane, at[end]) for arrow in arrows for end in (arrow.source, arrow.target)]
    for key, place in spans:
        first[key] = min(first[key], place)
        last[key] = max(last[key], place)
    special = [OTHER_LANE, *(key for key in SPECIAL if key != OTHER_LANE)]
    return tuple(
        sorted(
            lanes,
            key=lambda lane: (
                special.index(lane.key) + 1 if lane.key in SPECIAL else 0,
                first[lane.key],
                -last[lane.key],
            ),
        )
    )
