"""Walking a plan: order, a bound on how much at once, what a failure costs, and stopping."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import pytest

from reconciler import address
from reconciler.errors import Halted, Unavailable
from reconciler.executor import Done, Outcome, Reporter, Result, execute, remaining
from reconciler.plan import Plan
from reconciler.steps import StartContainer, Step

PATIENCE = 10.0
"""Seconds after which a test that hangs fails instead."""


def step(name: str) -> Step:
    return StartContainer(address=address.service(name, 1), container=name)


A, B, C, D = (step(name) for name in "abcd")


def plan(needs: dict[Step, set[Step]]) -> Plan:
    return Plan(stack="shop", needs={step: frozenset(before) for step, before in needs.items()})


def failing(*steps: Step) -> Callable[[Step], None]:
    def run(step: Step) -> None:
        if step in steps:
            raise Unavailable("no answer")

    return run


def ends(outcome: Outcome) -> list[tuple[Step, Result]]:
    return [(done.step, done.result) for done in outcome.steps]


def test_a_step_begins_when_all_it_needs_is_done() -> None:
    done: list[Step] = []
    outcome = execute(plan({C: {A, B}, B: {A}, A: set()}), done.append)
    assert done == [A, B, C]
    assert outcome.ok


def test_a_plan_without_steps_is_done_at_once() -> None:
    assert execute(plan({}), failing()).ok


def test_steps_that_need_nothing_of_each_other_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=PATIENCE)
    outcome = execute(plan({A: set(), B: set()}), lambda _step: _meet(both))
    assert outcome.ok


def _meet(barrier: threading.Barrier) -> None:
    barrier.wait()


def test_no_more_than_the_bound_run_at_the_same_time() -> None:
    lock = threading.Lock()
    running: list[int] = [0]
    most: list[int] = []
    pairs = threading.Barrier(2, timeout=PATIENCE)

    def run(_step: Step) -> None:
        with lock:
            running[0] += 1
            most.append(running[0])
        pairs.wait()
        with lock:
            running[0] -= 1

    outcome = execute(plan({one: set() for one in (A, B, C, D)}), run, parallel=2)
    assert outcome.ok
    assert max(most) == 2


def test_a_failure_costs_what_depends_on_it_and_nothing_else() -> None:
    outcome = execute(plan({A: set(), B: {A}, C: {B}, D: set()}), failing(A), parallel=1)
    assert dict(ends(outcome)) == {
        A: Result.FAILED,
        B: Result.SKIPPED,
        C: Result.SKIPPED,
        D: Result.DONE,
    }
    assert not outcome.ok
    assert not outcome.interrupted


def test_a_failure_says_why_and_what_is_skipped_says_because_of_whom() -> None:
    outcome = execute(plan({A: set(), B: {A}}), failing(A))
    assert [done.error for done in outcome.steps] == ["no answer", "needs service.a[1]"]


def test_a_fault_of_ours_is_not_taken_for_one_of_the_engine() -> None:
    def run(_step: Step) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        execute(plan({A: set()}), run)


class Listener(Reporter):
    def __init__(self) -> None:
        self.heard: list[tuple[str, Step]] = []
        self.threads: set[threading.Thread] = set()

    def begun(self, step: Step) -> None:
        self.heard.append(("begun", step))
        self.threads.add(threading.current_thread())

    def ended(self, done: Done) -> None:
        self.heard.append((done.result.value, done.step))
        self.threads.add(threading.current_thread())


def test_a_reporter_hears_of_everything_in_the_thread_that_asked() -> None:
    listener = Listener()
    execute(plan({A: set(), B: {A}, C: {B}}), failing(B), reporter=listener)
    assert listener.heard == [("begun", A), ("done", A), ("begun", B), ("failed", B), ("skipped", C)]
    assert listener.threads == {threading.current_thread()}


def test_nothing_begins_once_a_stop_is_asked_for_and_what_runs_is_finished() -> None:
    stop = threading.Event()
    done: list[Step] = []

    def run(step: Step) -> None:
        stop.set()
        done.append(step)

    whole = plan({A: set(), B: {A}, C: {B}})
    outcome = execute(whole, run, stop=stop)
    assert done == [A]
    assert ends(outcome) == [(A, Result.DONE)]
    assert outcome.interrupted
    assert not outcome.ok
    assert set(remaining(whole, outcome)) == {B, C}


def test_a_stop_during_the_last_step_interrupts_nothing() -> None:
    stop = threading.Event()
    outcome = execute(plan({A: set()}), lambda _step: stop.set(), stop=stop)
    assert outcome.ok


class Interrupting(Reporter):
    """Ctrl-C while a step is about to begin."""

    def __init__(self, at: Step) -> None:
        self._at = at

    def begun(self, step: Step) -> None:
        if step == self._at:
            raise KeyboardInterrupt


def test_an_interrupt_finishes_the_calls_in_flight_and_begins_no_more() -> None:
    done: list[Step] = []
    whole = plan({A: set(), B: set(), C: {A}})
    outcome = execute(whole, done.append, reporter=Interrupting(B))
    assert ends(outcome) == [(A, Result.DONE)]
    assert done == [A]
    assert outcome.interrupted


def test_an_interrupt_of_the_very_last_step_is_no_success() -> None:
    outcome = execute(plan({A: set()}), failing(), reporter=Interrupting(A))
    assert outcome.interrupted
    assert not outcome.ok


def test_what_is_left_of_a_finished_plan_is_nothing() -> None:
    whole = plan({A: set(), B: {A}})
    assert remaining(whole, execute(whole, failing())) == {}


def _names(steps: Iterable[Step]) -> list[str]:
    return [step.address.name for step in steps]


def test_one_at_a_time_goes_in_the_order_of_the_plan() -> None:
    done: list[Step] = []
    whole = plan({D: set(), B: set(), A: {B}, C: {D}})
    execute(whole, done.append, parallel=1)
    assert _names(done) == ["d", "b", "a", "c"]
    assert _names(whole.steps) == ["d", "b", "a", "c"]


def test_a_step_that_is_no_longer_waited_for_is_left_and_so_is_what_needs_it() -> None:
    """While a call is in flight beside it, which ends."""
    stop, called = threading.Event(), threading.Event()

    def run(step: Step) -> None:
        if step is A:
            assert called.wait(PATIENCE)
            stop.set()
            raise Halted
        called.set()
        assert stop.wait(PATIENCE)

    whole = plan({A: set(), B: set(), C: {A}, D: {B}})
    outcome = execute(whole, run, stop=stop)
    assert ends(outcome) == [(B, Result.DONE)]
    assert outcome.interrupted
    assert set(remaining(whole, outcome)) == {A, C, D}


def test_where_the_last_step_is_no_longer_waited_for_the_plan_is_not_done() -> None:
    stop = threading.Event()

    def run(_step: Step) -> None:
        stop.set()
        raise Halted

    whole = plan({A: set()})
    outcome = execute(whole, run, stop=stop)
    assert (outcome.interrupted, outcome.ok) == (True, False)
    assert set(remaining(whole, outcome)) == {A}
