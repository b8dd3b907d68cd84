"""The score counts pairs as somebody with a list of them would."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given

from tests.support.stacks import SILENT, service, stack, three_tiers
from tests.support.worlds import stacks
from topology.graph import Topology, topology_of
from topology.models import Stack
from topology.reach import Answer, answer, pairs
from topology.rules.score import COUNTED, Score, distinct, score


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        (stack(a=service("n"), b=service("n"), c=service("n")), Score(excess=6, reachable=6)),
        (stack(a=service("n", links="b"), b=service("n"), c=service("n")), Score(excess=4, reachable=6)),
        (stack(a=service("n", "m"), b=service("n", "m")), Score(excess=2, reachable=2)),
        (stack(a=service("n"), b=service("n"), networks={"n": SILENT}), Score(excess=0, reachable=0)),
        (stack(a=service("n"), b=service("m", ports="80:80")), Score(excess=0, reachable=1)),
        (three_tiers(), Score(excess=0, reachable=4)),
    ],
)
def test_reverses_and_published_ports_are_no_excess(counted: Stack, expected: Score) -> None:
    assert score(topology_of(counted)) == expected


def test_who_shares_a_stack_has_asked_for_it() -> None:
    shared = stack(a=service("n"), side=service(network_mode="service:a"), b=service("n", links="a"))
    assert score(topology_of(shared)) == Score(excess=0, reachable=6)


def test_the_hosts_network_is_excess_but_for_those_who_asked() -> None:
    watching = stack(a=service("n", links="b"), b=service("n"), h=service(network_mode="host", links="a"))
    assert score(topology_of(watching)).excess == 1


@given(stacks())
def test_a_pair_is_counted_once_however_many_routes_it_has(drawn: Stack) -> None:
    topology = topology_of(drawn)
    assert score(topology).reachable == len(_reached(topology))
    assert distinct(pairs(topology).groups) == len(set(pairs(topology)))
    assert 0 <= score(topology).excess <= score(topology).reachable
    assert score(topology).excess <= len(_by(topology))


def _reached(topology: Topology) -> list[tuple[str, str]]:
    return [pair for pair in permutations(topology.members, 2) if answer(topology, *pair) is Answer.YES]


def _by(topology: Topology) -> set[tuple[str, str]]:
    """The pairs of the groups that count, listed one by one."""
    groups = (group for group in pairs(topology).groups if group.kind in COUNTED)
    return {(one, two) for group in groups for one in group.sources for two in group.targets if one != two}
