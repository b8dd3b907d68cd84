"""Applying stacks in tests: plan, carry out, look again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from reconciler.allot import allot
from reconciler.engine import Engine
from reconciler.executor import Outcome, Result, Run, execute
from reconciler.expand import expand
from reconciler.plan import Plan
from reconciler.planner import plan, teardown
from reconciler.state import Desired, LiveUnit, Observed
from topology.models import Stack

Runner = Callable[[Plan, Run], Outcome]


class Applied(Struct, frozen=True, kw_only=True):
    """What was planned and what became of it."""

    plan: Plan
    outcome: Outcome

    @property
    def faults(self) -> list[str]:
        failed = (*self.outcome.having(Result.FAILED), *self.outcome.having(Result.SKIPPED))
        return [f"{type(done.step).__name__} of {done.step.address}: {done.error}" for done in failed]


def looked(engine: Engine, stack: Stack) -> tuple[Desired, Observed]:
    """What the stack wants and what is there."""
    desired = expand(stack, engine.traits, engine.contents(stack))
    observed = engine.observe(desired)
    return allot(desired, observed), observed


def planned(engine: Engine, stack: Stack) -> Plan:
    return plan(*looked(engine, stack), engine)


def applied(engine: Engine, stack: Stack, run: Runner = execute) -> Applied:
    found = planned(engine, stack)
    return Applied(plan=found, outcome=run(found, engine.run))


def converged(engine: Engine, stack: Stack) -> Applied:
    """Applies a stack, and asserts that all went well and nothing is left to do."""
    done = applied(engine, stack)
    assert done.plan.obstacles == ()
    assert done.faults == []
    assert done.outcome.ok
    assert left(planned(engine, stack)) == []
    return done


def left(found: Plan) -> list[str]:
    """What a plan would do, in words for a failing test."""
    changes = [
        f"{change.action.value} {change.address}: "
        + (", ".join(f"{one.name} {one.old!r} -> {one.new!r}" for one in change.fields) or change.reason)
        for change in found.changes
    ]
    return [*changes, *(one.message for one in found.obstacles), *(repr(step) for step in found.steps)]


def destroyed(engine: Engine, stack: Stack, run: Runner = execute) -> Applied:
    """Takes a stack away with its volumes."""
    found = teardown(*looked(engine, stack), engine, volumes=True)
    return Applied(plan=found, outcome=run(found, engine.run))


def units(engine: Engine, stack: Stack) -> dict[str, LiveUnit]:
    """The containers of a stack by address, of which there must be one each."""
    _, observed = looked(engine, stack)
    found = {str(unit.address): unit for unit in observed.units}
    assert len(found) == len(observed.units)
    return found


def lives(found: Iterable[LiveUnit]) -> set[tuple[str, str]]:
    """What stays the same as long as a container is neither replaced nor restarted."""
    return {(unit.id, unit.started_at) for unit in found}
