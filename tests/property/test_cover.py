"""A cover covers, by cliques, and no smaller one does."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.suggest.cover import cover

NAMES = "abcdef"
PAIRS = list(combinations(NAMES, 2))
GRAPHS = st.lists(st.sampled_from(PAIRS), unique=True)


def fewest(edges: list[tuple[str, str]]) -> int:
    """By trying: the smallest number of cliques of the graph that hold every edge."""
    known = set(edges)
    cliques = [
        frozenset(some)
        for size in range(2, len(NAMES) + 1)
        for some in combinations(NAMES, size)
        if all(pair in known for pair in combinations(some, 2))
    ]
    largest = [one for one in cliques if not any(one < other for other in cliques)]
    wanted = set(map(frozenset, edges))
    for number in range(len(edges) + 1):
        for some in combinations(largest, number):
            if all(any(edge <= clique for clique in some) for edge in wanted):
                return number
    raise AssertionError("unreachable")


@given(GRAPHS)
def test_every_edge_and_nothing_but_edges(edges: list[tuple[str, str]]) -> None:
    found = {frozenset(pair) for clique in cover(edges).cliques for pair in combinations(clique, 2)}
    assert found == set(map(frozenset, edges))


@given(GRAPHS)
def test_fewer_would_not_do(edges: list[tuple[str, str]]) -> None:
    found = cover(edges)
    assert found.exact
    assert len(found.cliques) == fewest(edges)


@given(GRAPHS)
def test_nobody_joins_for_nothing(edges: list[tuple[str, str]]) -> None:
    cliques = cover(edges).cliques
    for clique in cliques:
        others = [one for one in cliques if one != clique]
        for name in clique:
            mine = [frozenset((name, other)) for other in clique if other != name]
            assert not all(any(edge <= other for other in others) for edge in mine)


@given(GRAPHS, st.randoms())
def test_the_order_of_the_pairs_does_not_matter(edges: list[tuple[str, str]], random: object) -> None:
    turned = [(other, one) for one, other in reversed(edges)]
    assert cover(turned) == cover(edges)


@pytest.mark.parametrize("size", [60, 400])
def test_a_large_random_graph_is_covered_in_time(size: int) -> None:
    edges = [
        (f"s{a}", f"s{b}")
        for a in range(size)
        for b in (a * 7 % size, a * 11 % size, (a + 1) % size)
        if a != b
    ]
    found = cover(edges)
    assert {frozenset(edge) for edge in edges} == {
        frozenset(pair) for clique in found.cliques for pair in combinations(clique, 2)
    }


def test_a_dense_graph_gets_a_cover_that_is_honest_about_itself() -> None:
    parts = [[f"{part}{number}" for number in range(3)] for part in "abcdefgh"]
    edges = [(one, other) for left, right in combinations(parts, 2) for one in left for other in right]
    found = cover(edges)
    assert not found.exact
    assert {frozenset(edge) for edge in edges} == {
        frozenset(pair) for clique in found.cliques for pair in combinations(clique, 2)
    }
