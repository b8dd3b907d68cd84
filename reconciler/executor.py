"""Walks a plan with a bounded pool of threads. A failed step costs only what depends on it."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final

from msgspec import Struct, field

from reconciler.address import Address
from reconciler.errors import EngineError, Halted
from reconciler.plan import Plan
from reconciler.steps import Step

_TICK: Final = 0.5
"""Seconds after which the main thread wakes by itself: only then does it hear a signal that came just as it
fell asleep."""


class Result(enum.Enum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class Done(Struct, frozen=True, kw_only=True):
    """One step's end. `seconds` is how long the call took; `error` says why it failed or was skipped.

    `remarks` tell what went wrong on the way of a step that is done.
    """

    step: Step
    result: Result
    seconds: float = 0.0
    error: str = ""
    remarks: tuple[str, ...] = ()


Run = Callable[[Step], tuple[str, ...] | None]
"""Carries out a step, as `Engine.run` does."""
_Ended = tuple[float, tuple[str, ...]]


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a plan, in the order in which steps ended."""

    steps: tuple[Done, ...] = ()
    interrupted: bool = False

    def having(self, result: Result) -> tuple[Done, ...]:
        """The steps that ended so."""
        return tuple(done for done in self.steps if done.result is result)

    @property
    def ok(self) -> bool:
        """Every step is done."""
        return not self.interrupted and len(self.having(Result.DONE)) == len(self.steps)


class Reporter:
    """Is told what happens, from the thread that called `execute`; how steps move on, from others.

    Does nothing by itself.
    """

    def begun(self, step: Step) -> None:
        """A step was handed to the engine."""

    def moved(self, step: Step, how: str) -> None:
        """A step that takes its time has come so far."""

    def ended(self, done: Done) -> None:
        """A step ended, or was skipped."""


class _Walk(Struct):
    plan: Plan
    needs: dict[Step, set[Step]]
    running: dict[Future[_Ended], Step] = field(default_factory=dict)
    ended: list[Done] = field(default_factory=list)
    failed: set[Address] = field(default_factory=set)


def execute(
    plan: Plan,
    run: Run,
    *,
    parallel: int = 4,
    reporter: Reporter | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Runs every step after what it needs, at most `parallel` at a time.

    When `stop` is set, or on KeyboardInterrupt, nothing new begins and the calls in flight are finished; an
    engine that heeds `stop` waits for nothing any more.
    """
    telling = reporter or Reporter()
    halt = stop or threading.Event()
    walk = _Walk(plan=plan, needs={step: set(plan.needs[step]) for step in plan.steps})
    with ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="step") as pool:
        while walk.needs or walk.running:
            try:
                if not halt.is_set():
                    _begin(walk, pool, run, telling, parallel)
                if not walk.running:
                    break
                finished, _ = wait(walk.running, _TICK, return_when=FIRST_COMPLETED)
                for future in finished:
                    _end(walk, future, telling)
            except KeyboardInterrupt:
                halt.set()
    return Outcome(steps=tuple(walk.ended), interrupted=halt.is_set() and bool(walk.needs))


def _begin(
    walk: _Walk,
    pool: ThreadPoolExecutor,
    run: Run,
    telling: Reporter,
    parallel: int,
) -> None:
    for step in [step for step, before in walk.needs.items() if not before]:
        if len(walk.running) >= parallel:
            return
        telling.begun(step)  # may be interrupted; the step then counts as one that is left
        del walk.needs[step]
        walk.running[pool.submit(_timed, run, step)] = step


def _timed(run: Run, step: Step) -> _Ended:
    began = time.monotonic()
    remarks = run(step) or ()
    return time.monotonic() - began, remarks


def _end(walk: _Walk, future: Future[_Ended], telling: Reporter) -> None:
    step = walk.running.pop(future)
    try:
        seconds, remarks = future.result()
    except Halted:
        walk.needs[step] = set()
        return
    except EngineError as error:
        _note(walk, telling, Done(step=step, result=Result.FAILED, error=str(error)))
        walk.failed.add(step.address)
        _skip(walk, step, telling)
        return
    for before in walk.needs.values():
        before.discard(step)
    _note(walk, telling, Done(step=step, result=Result.DONE, seconds=seconds, remarks=remarks))


def _note(walk: _Walk, telling: Reporter, done: Done) -> None:
    walk.ended.append(done)
    telling.ended(done)


def _skip(walk: _Walk, failed: Step, telling: Reporter) -> None:
    """Everything that needs the failed step, directly or not, will not be tried; what bears it goes on."""
    lost = {failed}
    while True:
        for step, before in walk.needs.items():
            before -= {need for need in before & lost if walk.plan.bears(step, need, walk.failed)}
        more = [step for step, before in walk.needs.items() if before & lost]
        if not more:
            return
        for step in more:
            del walk.needs[step]
            _note(walk, telling, Done(step=step, result=Result.SKIPPED, error=f"needs {failed.address}"))
        lost |= set(more)


def remaining(plan: Plan, outcome: Outcome) -> Mapping[Step, frozenset[Step]]:
    """The steps of an interrupted plan that never ended."""
    ended = {done.step for done in outcome.steps}
    return {step: before for step, before in plan.needs.items() if step not in ended}
