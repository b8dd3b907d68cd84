"""Laws of the reconciler where people do things by hand, and containers share stacks and addresses."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import diff
from reconciler.engines.memory import Generation, MemoryDaemon
from reconciler.engines.standalone import Standalone
from reconciler.planner import plan
from reconciler.state import Observed
from tests.support.applying import applied, destroyed, left, looked, planned
from tests.support.serial import FIRST, Choice, FaultyDaemon, Moment, serially
from tests.support.situations import GENERATIONS, Action, hands, neighbours, stacks, volumes_of, world
from topology.models import Stack
from topology.structs import replace

generations = st.sampled_from(GENERATIONS)
actions = st.lists(hands(), max_size=3)
faults: st.SearchStrategy[dict[int, Moment]] = st.dictionaries(
    st.integers(1, 25), st.sampled_from(["before", "after"]), max_size=3
)


def drawn(data: st.DataObject) -> Choice:
    """Hypothesis picks the next step."""
    return lambda count: data.draw(st.integers(0, count - 1), label="next step") if count > 1 else 0


def converge(daemon: MemoryDaemon, stack: Stack, choose: Choice = FIRST) -> None:
    """One clean pass, after which nothing is left to do."""
    done = applied(Standalone(daemon), stack, serially(choose))
    assert done.plan.obstacles == ()
    assert done.faults == []
    assert left(planned(Standalone(daemon), stack)) == []


def shuffled(observed: Observed, seed: int) -> Observed:
    """The same things told in another order."""
    mixed = random.Random(seed)  # noqa: S311  # not a secret

    def mix(several: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(mixed.sample(several, len(several)))

    return replace(
        observed,
        units=mix(observed.units),
        networks=mix(observed.networks),
        volumes=mix(observed.volumes),
        holders=mix(observed.holders),
    )


@given(generation=generations, before=stacks(), by_hand=actions, after=stacks(), data=st.data())
def test_any_world_converges_in_any_order_and_neighbours_do_not_notice(
    generation: Generation, before: Stack, by_hand: list[Action], after: Stack, data: st.DataObject
) -> None:
    daemon = world(generation)
    others = neighbours(daemon)
    converge(daemon, before)
    for action in by_hand:
        action(daemon)
    converge(daemon, after, drawn(data))
    assert neighbours(daemon) == others


@given(
    generation=generations,
    stacks_in_turn=st.tuples(stacks(), stacks(), st.none() | stacks()),
    failing=faults,
    steps=st.integers(0, 30),
    data=st.data(),
)
def test_one_clean_pass_mends_any_interruption_and_no_data_is_lost(
    generation: Generation,
    stacks_in_turn: tuple[Stack, Stack, Stack | None],
    failing: dict[int, Moment],
    steps: int,
    data: st.DataObject,
) -> None:
    """Calls fail, answers get lost, then the process dies; and the stack may have changed in between."""
    before, wanted, after = stacks_in_turn
    daemon = world(generation)
    others = neighbours(daemon)
    converge(daemon, before)
    volumes = volumes_of(daemon)
    faulty: Any = FaultyDaemon(daemon, failing)
    applied(Standalone(faulty), wanted, serially(drawn(data), limit=steps))
    converge(daemon, after or wanted, drawn(data))
    assert volumes <= volumes_of(daemon)
    assert neighbours(daemon) == others


@given(generation=generations, before=stacks(), by_hand=actions, after=stacks(), seed=st.integers())
def test_the_order_of_answers_changes_nothing(
    generation: Generation, before: Stack, by_hand: list[Action], after: Stack, seed: int
) -> None:
    daemon = world(generation)
    converge(daemon, before)
    for action in by_hand:
        action(daemon)
    engine = Standalone(daemon)
    desired, observed = looked(engine, after)
    told = shuffled(observed, seed)
    assert diff(desired, told) == diff(desired, observed)
    assert plan(desired, told, engine).fingerprint == plan(desired, observed, engine).fingerprint


@given(generation=generations, stack=stacks(), by_hand=actions, data=st.data())
def test_what_was_made_can_be_taken_away_again(
    generation: Generation, stack: Stack, by_hand: list[Action], data: st.DataObject
) -> None:
    daemon = world(generation)
    others, empty = neighbours(daemon), daemon.networks()
    converge(daemon, stack)
    for action in by_hand:
        action(daemon)
    done = destroyed(Standalone(daemon), stack, run=serially(drawn(data)))
    assert done.faults == []
    assert len(daemon.containers()) == 2
    assert daemon.networks() == empty
    assert neighbours(daemon) == others
