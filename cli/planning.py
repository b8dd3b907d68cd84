"""The stack and the engine → a plan with its report: what `plan` shows and `apply` carries out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cli.report.plan import Plan
from reconciler.allot import allot
from reconciler.diff import Difference, diff
from reconciler.engine import Reader
from reconciler.expand import expand
from reconciler.plan import Plan as Steps
from reconciler.state import Desired, Observed
from topology.load import Loaded

if TYPE_CHECKING:
    from cli.report.planned import Find


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan before it is carried out, with what it was made from."""

    desired: Desired
    observed: Observed
    plan: Steps
    report: Plan


def draft(read: Loaded, reader: Reader, called: str) -> Draft:
    """What leads from what `reader` sees to what the stack wants.

    Raises:
        EngineError: the engine could not be asked.
    """
    wanted = expand(read.stack, reader.traits, reader.contents(read.stack))
    observed = reader.observe(wanted)
    desired = allot(wanted, observed)
    nothing = Draft(
        desired=desired,
        observed=observed,
        plan=Steps(stack=desired.stack),
        report=Plan(stack=desired.stack, engine=called),
    )
    difference = diff(desired, observed)
    return _answered(nothing, difference, reader, read.source.find) if difference else nothing


def _answered(nothing: Draft, difference: Difference, reader: Reader, find: Find) -> Draft:
    """The draft with the steps that take the difference away, and what they do to reach."""
    from cli.report.planned import planned
    from reconciler import planner

    desired, observed = nothing.desired, nothing.observed
    steps = planner.answer(desired, observed, reader, difference)
    report = planned(steps, desired, nothing.report.engine, find)
    if steps.needs:
        from cli.report.reaching import reachability
        from reconciler import picture

        before, after = picture.present(desired, observed), picture.wanted(desired, reader.traits)
        report = replace(report, reachability=reachability(before, after))
    return replace(nothing, plan=steps, report=report)


def removal(desired: Desired, reader: Reader, called: str, *, volumes: bool) -> Draft:
    """What takes away all that the stack owns.

    Raises:
        EngineError: the engine could not be asked.
    """
    from cli.report.planned import planned
    from reconciler import planner

    observed = reader.observe(desired)
    steps = planner.teardown(desired, observed, reader, volumes=volumes)
    report = planned(steps, desired, called, lambda _path: None)
    return Draft(desired=desired, observed=observed, plan=steps, report=report)
