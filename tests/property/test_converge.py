"""Laws of the reconciler, on a modelled engine: it gets there, stays there, and repairs any interruption."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff import UnitChange, diff
from reconciler.engines.memory import NEW, OLD, Generation
from reconciler.expand import expand
from reconciler.planner import plan, teardown
from reconciler.steps import Step
from tests.support.applying import applied, lives, looked, planned, units
from tests.support.bench import Bench
from tests.support.deeds import deeds, done
from tests.support.modelled import engine_of, settled, strangers, world
from tests.support.serial import FIRST, FaultyDaemon, Moment, drawn, orders, serially
from tests.support.shops import shops
from topology.models import Stack
from topology.structs import replace

GENERATIONS = st.sampled_from([OLD, NEW])
FAULTS: st.SearchStrategy[dict[int, Moment]] = st.dictionaries(
    st.integers(1, 25), st.sampled_from(["before", "after"]), max_size=3
)
DEEDS = st.lists(deeds, max_size=3)


def spoilt(bench: Bench, by: list[tuple[str, int]]) -> None:
    for deed in by:
        done(bench, deed)


@given(generation=GENERATIONS, before=shops(), spoils=DEEDS, after=shops(), order=orders)
def test_any_world_becomes_any_stack_in_any_order(
    generation: Generation, before: Stack, spoils: list[tuple[str, int]], after: Stack, order: list[int]
) -> None:
    bench = world(generation)
    alone = strangers(bench)
    settled(bench, before, drawn(order))
    spoilt(bench, spoils)
    settled(bench, after, drawn(order))
    assert strangers(bench) == alone


@given(generation=GENERATIONS, before=shops(), faults=FAULTS, after=shops(), order=orders)
def test_one_clean_pass_repairs_any_interruption(
    generation: Generation, before: Stack, faults: dict[int, Moment], after: Stack, order: list[int]
) -> None:
    """Calls fail before or after they took effect."""
    bench = world(generation)
    alone = strangers(bench)
    settled(bench, before)
    applied(engine_of(bench, FaultyDaemon(bench.daemon, faults)), after, serially(drawn(order)))
    settled(bench, after)
    assert strangers(bench) == alone
    assert len(units(engine_of(bench), after)) == sum(one.replicas for one in after.services.values())


@given(
    generation=GENERATIONS,
    before=shops(),
    faults=FAULTS,
    between=shops(),
    steps=st.integers(0, 30),
    spoils=DEEDS,
    after=shops(),
    order=orders,
)
def test_a_death_between_two_steps_is_repaired_though_all_has_changed_since(
    *,
    generation: Generation,
    before: Stack,
    faults: dict[int, Moment],
    between: Stack,
    steps: int,
    spoils: list[tuple[str, int]],
    after: Stack,
    order: list[int],
) -> None:
    bench = world(generation)
    settled(bench, before)
    faulty = engine_of(bench, FaultyDaemon(bench.daemon, faults))
    applied(faulty, between, serially(drawn(order), limit=steps))
    spoilt(bench, spoils)
    settled(bench, after)


@given(stack=shops(), steps=st.integers(0, 30), spoils=DEEDS, data=st.data())
def test_the_order_of_observation_does_not_matter(
    stack: Stack, steps: int, spoils: list[tuple[str, int]], data: st.DataObject
) -> None:
    bench = world(NEW)
    applied(engine_of(bench), stack, serially(FIRST, limit=steps))
    spoilt(bench, spoils)
    desired, observed = looked(engine_of(bench), stack)
    shuffled = replace(
        observed,
        units=tuple(data.draw(st.permutations(observed.units))),
        networks=tuple(data.draw(st.permutations(observed.networks))),
        volumes=tuple(data.draw(st.permutations(observed.volumes))),
        holders=tuple(data.draw(st.permutations(observed.holders))),
    )
    assert diff(desired, shuffled) == diff(desired, observed)
    engine = engine_of(bench)
    assert plan(desired, shuffled, engine).fingerprint == plan(desired, observed, engine).fingerprint


@given(before=shops(), spoils=DEEDS, after=shops())
def test_a_plan_is_empty_if_and_only_if_nothing_differs(
    before: Stack, spoils: list[tuple[str, int]], after: Stack
) -> None:
    bench = world(NEW)
    settled(bench, before)
    spoilt(bench, spoils)
    found = planned(engine_of(bench), after)
    assert bool(found.needs) == bool(found.changes)


@given(before=shops(), spoils=DEEDS, after=shops(), order=orders)
def test_what_does_not_change_is_not_touched(
    before: Stack, spoils: list[tuple[str, int]], after: Stack, order: list[int]
) -> None:
    bench = world(NEW)
    settled(bench, before)
    spoilt(bench, spoils)
    engine = engine_of(bench)
    desired, observed = looked(engine, after)
    changed = {change.address for change in plan(desired, observed, engine).changes}
    same = {unit.id: unit for unit in observed.units if unit.address not in changed}
    settled(bench, after, drawn(order))
    assert lives(same.values()) <= lives(engine.observe(desired).units)


@given(generation=GENERATIONS, before=shops(), after=shops(), order=orders)
def test_replacing_side_by_side_keeps_as_many_as_are_wanted(
    generation: Generation, before: Stack, after: Stack, order: list[int]
) -> None:
    """At every moment of every order, unless a port, a name or data can have only one holder."""
    bench = world(generation)
    settled(bench, before)
    engine = engine_of(bench)
    desired, observed = looked(engine, after)
    free = _steady(bench, before, after)

    def serving() -> list[str]:
        return [unit.address.name for unit in engine.observe(desired).units if unit.serving]

    def watched(step: Step) -> None:
        engine.run(step)
        there = serving()
        for name in free:
            least = min(before.services[name].replicas, after.services[name].replicas)
            assert there.count(name) >= least, (name, step)

    serially(drawn(order))(plan(desired, observed, engine), watched)


def _steady(bench: Bench, before: Stack, after: Stack) -> set[str]:
    """Services of which two can run at once, before and after; those in another's namespace die with it."""
    engine = engine_of(bench)
    desired, observed = looked(engine, after)
    names = {unit.address.name for unit in desired.units.values()} & set(before.services)
    alone = {unit.address.name for unit in desired.units.values() if not unit.start_first}
    alone |= {at.name for at, unit in expand(before, engine.traits).units.items() if not unit.start_first}
    alone |= {unit.address.name for unit in observed.units if unit.anonymous or unit.status.value == "exited"}
    guests = {name for one in (before, after) for name in one.services if one.services[name].network_mode}
    jobs = {unit.address.name for unit in desired.units.values() if unit.job}
    return names - alone - guests - jobs


@given(generation=GENERATIONS, before=shops(), faults=FAULTS, between=shops(), order=orders, data=st.data())
def test_no_data_is_ever_lost(
    *,
    generation: Generation,
    before: Stack,
    faults: dict[int, Moment],
    between: Stack,
    order: list[int],
    data: st.DataObject,
) -> None:
    """No volume goes, and what only one container knew its successor has, if it has a place for it."""
    bench = world(generation)
    settled(bench, before)
    there = bench.volume_names()
    kept = {at: one.anonymous for at, one in units(engine_of(bench), before).items()}
    faulty = engine_of(bench, FaultyDaemon(bench.daemon, faults))
    applied(faulty, between, serially(drawn(order)))
    after = data.draw(st.sampled_from([before, between]))
    settled(bench, after)
    assert _data(there) <= bench.volume_names()
    for at, one in units(engine_of(bench), after).items():
        for target in set(one.anonymous) & set(kept.get(at, {})):
            if not _cleared(between, at, target):
                assert one.anonymous[target] == kept[at][target], (at, target)


def _data(names: set[str]) -> set[str]:
    return {name for name in names if not name.startswith("topo.journal")}


def _cleared(stack: Stack, at: str, target: str) -> bool:
    """Whether a stack had no place for the data of that address, so that it lost sight of it."""
    name, number = at.removeprefix("service.").rstrip("]").split("[")
    service = stack.services.get(name)
    if service is None or int(number) > service.replicas:
        return True
    places = {mount.target for mount in service.volumes} | (
        {"/keep"} if "rich" in str(service.image) else set()
    )
    return target not in places


@given(generation=GENERATIONS, stack=shops(), steps=st.integers(0, 30), spoils=DEEDS, order=orders)
def test_destroying_leaves_nothing_but_data_whatever_came_before(
    generation: Generation, stack: Stack, steps: int, spoils: list[tuple[str, int]], order: list[int]
) -> None:
    bench = world(generation)
    before = {raw["Name"] for raw in bench.daemon.networks()}
    alone = strangers(bench)
    applied(engine_of(bench), stack, serially(FIRST, limit=steps))
    spoilt(bench, spoils)
    engine = engine_of(bench)
    found = teardown(*looked(engine, stack), engine, volumes=False)
    outcome = serially(drawn(order))(found, engine.run)
    assert outcome.ok
    assert [raw["Names"] for raw in bench.daemon.containers()] == [["/foreign-1"]]
    assert {raw["Name"] for raw in bench.daemon.networks()} == before
    assert strangers(bench) == alone
    assert not any(isinstance(change, UnitChange) for change in planned_again(bench, stack))


def planned_again(bench: Bench, stack: Stack) -> list[object]:
    engine = engine_of(bench)
    return list(teardown(*looked(engine, stack), engine, volumes=False).changes)
