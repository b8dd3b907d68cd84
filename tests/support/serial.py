"""Carries out a plan one step at a time, in an order that a test draws; and daemons that fail on cue."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

from hypothesis import strategies as st

from reconciler.engines.daemon import Daemon
from reconciler.errors import EngineError, Unavailable
from reconciler.executor import Done, Outcome, Result, Run
from reconciler.plan import Plan
from reconciler.steps import Step
from tests.support.dying import CHANGING

Choice = Callable[[int], int]
"""Of so many ready steps, the position of the next one."""

Moment = Literal["before", "after"]

FIRST: Final[Choice] = lambda _count: 0  # noqa: E731  # a constant of that type

orders: Final = st.lists(st.integers(0, 5), max_size=30)
"""Which of the ready steps is the next one, time and again; then the first."""


def drawn(order: Sequence[int]) -> Choice:
    """Takes the steps in an order that was drawn."""
    left = iter(order)
    return lambda count: next(left, 0) % count


def serially(choose: Choice, *, limit: int | None = None) -> Callable[[Plan, Run], Outcome]:
    """A runner in place of `execute`: any order the plan allows, cut off after `limit` steps."""

    def run(plan: Plan, do: Run) -> Outcome:
        waiting = {step: set(plan.needs[step]) for step in plan.steps}
        ended: list[Done] = []
        while waiting and (limit is None or len(ended) < limit):
            ready = [step for step, before in waiting.items() if not before]
            step = ready[choose(len(ready))]
            ended.append(_tried(step, do))
            _settle(waiting, ended[-1])
        return Outcome(steps=tuple(ended), interrupted=bool(waiting))

    return run


def _tried(step: Step, do: Run) -> Done:
    try:
        do(step)
    except EngineError as error:
        return Done(step=step, result=Result.FAILED, error=str(error))
    return Done(step=step, result=Result.DONE)


def _settle(waiting: dict[Step, set[Step]], done: Done) -> None:
    """What needs a failed step is dropped, and what needs that."""
    lost = {done.step} if done.result is Result.FAILED else set()
    del waiting[done.step]
    for before in waiting.values():
        before.discard(done.step) if not lost else None
    while lost:
        more = {step for step, before in waiting.items() if before & lost}
        for step in more:
            del waiting[step]
        lost = more


class FaultyDaemon:
    """A daemon whose n-th changing call fails, before or after it took effect: the answer is lost."""

    def __init__(self, daemon: Daemon, faults: Mapping[int, Moment]) -> None:
        self._daemon = daemon
        self._faults = faults
        self._count = itertools.count(1)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._daemon, name)
        if name not in CHANGING:
            return call

        def faulty(*arguments: Any, **named: Any) -> Any:
            fault = self._faults.get(next(self._count))
            if fault == "before":
                raise Unavailable(f"{name}: injected, and nothing was done")
            answer = call(*arguments, **named)
            if fault == "after":
                raise Unavailable(f"{name}: injected, though it was done")
            return answer

        return faulty
