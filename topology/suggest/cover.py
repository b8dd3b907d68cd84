"""Edge clique cover: the fewest groups in which everybody knows everybody and every acquaintance has a group.

A network is such a group: all its members reach each other, so each pair of them must be one that needs it.
The problem is NP-hard, and stacks are small: most links decide their group alone, for the rest a search with
a budget goes through the choices. Where the budget ends, the best cover so far is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from itertools import combinations, islice
from operator import or_

from msgspec import Struct

Clique = frozenset[str]
Edge = frozenset[str]
Neighbours = Mapping[str, frozenset[str]]

BUDGET = 20_000
"""Choices that the search tries before it is content with what it has."""

MOST_UNDECIDED = 300
"""Edges with a choice that the search takes on; with more, the greedy cover is the answer."""

MOST_CHOICES = 64
"""Cliques of one edge that are looked at; an edge with more makes the cover a heuristic one."""


class Cover(Struct, frozen=True, kw_only=True):
    """Cliques that hold every edge; `exact`: fewer would not do."""

    cliques: tuple[Clique, ...]
    exact: bool = True


def cover(pairs: Iterable[tuple[str, str]]) -> Cover:
    """The fewest cliques that cover all pairs, without members that a clique does not need; sorted."""
    edges = sorted({frozenset(pair) for pair in pairs if pair[0] != pair[1]}, key=sorted)
    near = _neighbours(edges)
    forced = _forced(edges, near)
    left = [edge for edge in edges if not any(edge <= clique for clique in forced)]
    search = _Search(left, near)
    search.run()
    cliques = _trimmed([*forced, *search.best], edges)
    return Cover(cliques=tuple(sorted(cliques, key=sorted)), exact=search.exact)


def _neighbours(edges: Iterable[Edge]) -> Neighbours:
    found: dict[str, set[str]] = {}
    for one, other in map(tuple, edges):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {name: frozenset(others) for name, others in found.items()}


def _forced(edges: Iterable[Edge], near: Neighbours) -> list[Clique]:
    """The cliques of edges that are in one maximal clique only: every cover has room for them."""
    found: dict[Clique, None] = {}
    for edge in edges:
        common = _common(edge, near)
        if all(one in near[other] for one, other in combinations(common, 2)):
            found[edge | common] = None
    return list(found)


def _common(edge: Edge, near: Neighbours) -> frozenset[str]:
    one, other = edge
    return near[one] & near[other]


def maximal_cliques(edge: Edge, near: Neighbours) -> Iterator[Clique]:
    """The maximal cliques that hold an edge (Bron and Kerbosch, with a pivot)."""

    def grow(clique: Clique, candidates: frozenset[str], done: frozenset[str]) -> Iterator[Clique]:
        if not candidates and not done:
            yield clique
            return
        pivot = max(sorted(candidates | done), key=lambda name: len(candidates & near[name]))
        for name in sorted(candidates - near[pivot]):
            yield from grow(clique | {name}, candidates & near[name], done & near[name])
            candidates -= {name}
            done |= {name}

    yield from grow(edge, _common(edge, near), frozenset())


class _Search:
    """Branch and bound over the edges that have a choice; keeps the best cover and counts its steps.

    Sets of edges are integers with a bit for each edge.
    """

    def __init__(self, edges: list[Edge], near: Neighbours) -> None:
        self.exact = True
        self._steps = BUDGET
        self._covers: dict[Clique, int] = {}
        self._choices = [self._choices_of(edge, edges, near) for edge in edges]
        self._beside = [_joined(self._covers[one] for one in choices) for choices in self._choices]
        self._order = sorted(range(len(edges)), key=lambda number: (len(self._choices[number]), number))
        self.best = self._greedy()

    def run(self) -> None:
        """Looks for fewer cliques than the greedy cover has."""
        if len(self._choices) > MOST_UNDECIDED:
            self.exact = False
            return
        self._branch([], (1 << len(self._choices)) - 1)
        self.exact = self.exact and self._steps > 0

    def _choices_of(self, edge: Edge, edges: list[Edge], near: Neighbours) -> list[Clique]:
        found = list(islice(maximal_cliques(edge, near), MOST_CHOICES + 1))
        self.exact = self.exact and len(found) <= MOST_CHOICES
        for clique in found[:MOST_CHOICES]:
            if clique not in self._covers:
                self._covers[clique] = _joined(1 << at for at, one in enumerate(edges) if one <= clique)
        return found[:MOST_CHOICES]

    def _greedy(self) -> list[Clique]:
        """The edge with the fewest choices takes the clique that covers most."""
        chosen: list[Clique] = []
        left = (1 << len(self._choices)) - 1
        while left:
            choices = self._choices[self._hardest(left)]
            clique = max(choices, key=lambda one: (self._covers[one] & left).bit_count())
            chosen.append(clique)
            left &= ~self._covers[clique]
        return chosen

    def _branch(self, chosen: list[Clique], left: int) -> None:
        if not left:
            self.best = chosen if len(chosen) < len(self.best) else self.best
            return
        if self._steps <= 0 or len(chosen) + self._at_least(left) >= len(self.best):
            return
        self._steps -= 1
        for clique in self._choices[self._hardest(left)]:
            self._branch([*chosen, clique], left & ~self._covers[clique])

    def _at_least(self, left: int) -> int:
        """Edges of which no two fit one clique: each needs its own."""
        apart = 0
        while left:
            left &= ~self._beside[(left & -left).bit_length() - 1]
            apart += 1
        return apart

    def _hardest(self, left: int) -> int:
        """The edge with the fewest choices."""
        return next(number for number in self._order if left >> number & 1)


def _joined(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)


def _trimmed(cliques: list[Clique], edges: list[Edge]) -> list[Clique]:
    """Without the members whose edges other cliques cover, so that nobody joins a network for nothing."""
    held = {edge: sum(edge <= clique for clique in cliques) for edge in edges}
    done = []
    for clique in sorted(cliques, key=lambda one: (-len(one), sorted(one))):
        kept = clique
        for name in sorted(clique):
            mine = [frozenset((name, other)) for other in kept if other != name]
            if all(held[edge] > 1 for edge in mine):
                kept -= {name}
                for edge in mine:
                    held[edge] -= 1
        done.append(kept)
    return [clique for clique in done if len(clique) > 1]
