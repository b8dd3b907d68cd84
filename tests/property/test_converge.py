"""Laws of the reconciler, on a modelled engine: it gets there, stays there, and repairs any interruption."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import diff
from reconciler.engines.memory import NEW, OLD, Generation
from reconciler.engines.standalone import Standalone
from reconciler.expand import expand
from reconciler.plan import (
    ConnectNetwork,
    CreateContainer,
    CreateNetwork,
    RemoveNetwork,
    RemoveVolume,
    StartContainer,
    ordered,
)
from reconciler.planner import plan
from reconciler.state import LiveUnit
from tests.support.applying import applied, left, looked, planned
from tests.support.bench import Bench, modelled
from tests.support.serial import FIRST, Choice, FaultyDaemon, Moment, serially
from tests.support.shops import shops
from topology.models import Stack

GENERATIONS = st.sampled_from([OLD, NEW])
FAULTS: st.SearchStrategy[dict[int, Moment]] = st.dictionaries(
    st.integers(1, 25), st.sampled_from(["before", "after"]), max_size=3
)


def world(generation: Generation) -> Bench:
    return modelled(generation, Path("."), clock=_Clock())


class _Clock:
    """Each look at it is a tenth of a second later, so that whoever waits gets there without waiting."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


def engine_of(bench: Bench, daemon: Any = None) -> Standalone:
    clock = _Clock()
    return Standalone(daemon or bench.daemon, clock=clock, sleep=lambda _seconds: None)


def drawn(data: st.DataObject) -> Choice:
    return lambda count: data.draw(st.integers(0, count - 1), label="next step") if count > 1 else 0


def settled(bench: Bench, stack: Stack, choose: Choice = FIRST) -> None:
    """Two passes at the most: what one stack still holds, such as a port, another one may need."""
    engine = engine_of(bench)
    done = applied(engine, stack, serially(choose))
    assert done.plan.obstacles == ()
    assert done.faults == []
    assert left(planned(engine, stack)) == []


def strangers(bench: Bench) -> str:
    """All that is not the stack's, as text."""
    containers = [raw for raw in bench.daemon.containers() if "foreign" in raw["Names"][0]]
    found = [bench.daemon.container(raw["Id"]) for raw in containers]
    found += [raw for raw in (*bench.daemon.networks(), *bench.daemon.volumes()) if "foreign" in raw["Name"]]
    return json.dumps(found, sort_keys=True)


def with_strangers(bench: Bench) -> str:
    bench.daemon.create_network({"Name": "foreign"})
    bench.daemon.create_volume({"Name": "foreign", "Labels": {"topo.stack": "shop", "topo.owner": "other"}})
    body = {
        "Image": "busybox:latest",
        "Labels": {"topo.stack": "shop", "topo.owner": "other", "topo.address": "service.web[1]"},
        "HostConfig": {"NetworkMode": "foreign"},
    }
    bench.daemon.create_container("foreign-1", body)
    bench.daemon.start("foreign-1")
    return strangers(bench)


@given(generation=GENERATIONS, before=shops(), after=shops(), data=st.data())
def test_any_stack_becomes_any_other_in_any_order(
    generation: Generation, before: Stack, after: Stack, data: st.DataObject
) -> None:
    bench = world(generation)
    alone = with_strangers(bench)
    settled(bench, before, drawn(data))
    settled(bench, after, drawn(data))
    assert strangers(bench) == alone


@given(generation=GENERATIONS, before=shops(), after=shops(), faults=FAULTS, data=st.data())
def test_one_clean_pass_repairs_any_interruption(
    generation: Generation, before: Stack, after: Stack, faults: dict[int, Moment], data: st.DataObject
) -> None:
    bench = world(generation)
    alone = with_strangers(bench)
    settled(bench, before)
    faulty = engine_of(bench, FaultyDaemon(bench.daemon, faults))
    applied(faulty, after, serially(drawn(data)))
    settled(bench, after)
    assert strangers(bench) == alone
    assert len(looked(engine_of(bench), after)[1].units) == sum(
        one.replicas for one in after.services.values()
    )


@given(before=shops(), between=shops(), after=shops(), steps=st.integers(0, 30))
def test_a_death_between_two_steps_is_repaired_though_the_stack_changed_since(
    before: Stack, between: Stack, after: Stack, steps: int
) -> None:
    bench = world(NEW)
    settled(bench, before)
    applied(engine_of(bench), between, serially(FIRST, limit=steps))
    settled(bench, after)


@given(stack=shops(), data=st.data())
def test_the_order_of_observation_does_not_matter(stack: Stack, data: st.DataObject) -> None:
    bench = world(NEW)
    applied(engine_of(bench), stack, serially(FIRST, limit=data.draw(st.integers(0, 30))))
    desired, observed = looked(engine_of(bench), stack)
    shuffled = dataclasses.replace(
        observed,
        units=tuple(data.draw(st.permutations(observed.units))),
        networks=tuple(data.draw(st.permutations(observed.networks))),
        holders=tuple(data.draw(st.permutations(observed.holders))),
    )
    assert diff(desired, shuffled) == diff(desired, observed)


@given(before=shops(), after=shops())
def test_a_plan_is_empty_if_and_only_if_nothing_differs(before: Stack, after: Stack) -> None:
    bench = world(NEW)
    settled(bench, before)
    found = planned(engine_of(bench), after)
    assert bool(found) == bool(found.difference)


@given(generation=GENERATIONS, before=shops(), after=shops())
def test_a_plan_has_an_order_in_which_nothing_is_used_before_it_is_there(
    generation: Generation, before: Stack, after: Stack
) -> None:
    bench = world(generation)
    settled(bench, before)
    desired, observed = looked(engine_of(bench), after)
    found = plan(desired, observed, engine_of(bench))
    assert set(ordered(found.needs)) == set(found.needs)
    above = _ancestors(found.needs)
    for step in found.needs:
        if isinstance(step, StartContainer):
            made = {
                one for one in found.needs if isinstance(one, CreateContainer) and one.name == step.container
            }
            assert made <= above[step]
        if isinstance(step, ConnectNetwork):
            nets = {one for one in found.needs if isinstance(one, CreateNetwork) and one.name == step.network}
            assert nets <= above[step]
        if isinstance(step, CreateNetwork):
            gone = {one for one in found.needs if isinstance(one, RemoveNetwork) and one.name == step.name}
            assert gone <= above[step]
        assert not isinstance(step, RemoveVolume)


def _ancestors(needs: Any) -> dict[Any, set[Any]]:
    found: dict[Any, set[Any]] = {}
    for step in ordered(needs):
        found[step] = set(needs[step]).union(*(found[one] for one in needs[step]))
    return found


@given(stack=shops(), version=st.sampled_from("12"), data=st.data())
def test_replacing_side_by_side_keeps_as_many_as_are_wanted(
    stack: Stack, version: str, data: st.DataObject
) -> None:
    """At every moment of every order, unless a port, a name or data can have only one holder."""
    changed = {
        name: one.model_copy(update={"environment": {**one.environment, "VERSION": version}})
        for name, one in stack.services.items()
    }
    bench = world(NEW)
    settled(bench, stack)
    engine = engine_of(bench)
    after = stack.model_copy(update={"services": changed})
    desired = expand(after, engine.traits)
    found = plan(desired, engine.observe(desired), engine)
    free = {unit.address.name for unit in desired.units.values() if unit.start_first}
    free -= {unit.address.name for unit in engine.observe(desired).units if unit.anonymous}

    def watched(step: Any) -> None:
        engine.run(step)
        serving = [unit.address.name for unit in _serving(engine, desired)]
        for name in free:
            assert serving.count(name) >= after.services[name].replicas

    serially(drawn(data))(found, watched)


def _serving(engine: Standalone, desired: Any) -> list[LiveUnit]:
    return [unit for unit in engine.observe(desired).units if unit.serving]


@given(before=shops(), after=shops(), faults=FAULTS)
def test_no_data_is_ever_lost(before: Stack, after: Stack, faults: dict[int, Moment]) -> None:
    bench = world(NEW)
    settled(bench, before)
    there = {raw["Name"] for raw in bench.daemon.volumes() if not raw["Name"].startswith("topo.journal")}
    applied(engine_of(bench, FaultyDaemon(bench.daemon, faults)), after, serially(FIRST))
    settled(bench, after)
    assert there <= {raw["Name"] for raw in bench.daemon.volumes()}
