"""The stack and the engine → a plan with its report: what `plan` shows and `apply` carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cli.report.plan import Plan
from reconciler.allot import allot
from reconciler.choice import ALL, Choice, chosen, left_out, outcome
from reconciler.diff import Difference, diff
from reconciler.engine import Reader
from reconciler.expand import expand
from reconciler.plan import Plan as Steps
from reconciler.state import Desired, Observed
from topology.load import Loaded
from topology.structs import replace

__all__ = ["ALL", "Choice", "Draft", "backward", "choice_of", "draft", "removal", "takeover"]

if TYPE_CHECKING:
    from cli.options import ChoosingOptions
    from cli.report.planned import Find
    from reconciler.adoption import Wish


class Draft(Struct, frozen=True, kw_only=True):
    """A plan before it is carried out, with what it was made from, and the addresses that it leaves."""

    desired: Desired
    observed: Observed
    plan: Steps
    report: Plan
    left: frozenset[str] = frozenset()


def draft(
    read: Loaded, reader: Reader, called: str, choice: Choice = ALL, before: Draft | None = None
) -> Draft:
    """What leads from what `reader` sees to what the stack wants, as far as that is meant.

    Where everything is still as it was `before`, for the same choice, it is that.

    Raises:
        EngineError: the engine could not be asked.
    """
    wanted = expand(read.stack, reader.traits, reader.contents(read.stack))
    observed = reader.observe(wanted)
    desired = allot(wanted, observed)
    if before is not None and (before.desired, before.observed) == (desired, observed):
        return before
    nothing = Draft(
        desired=desired,
        observed=observed,
        plan=Steps(stack=desired.stack),
        report=Plan(stack=desired.stack, engine=called),
    )
    whole = diff(desired, observed)
    part = chosen(whole, desired, observed, choice)
    if not part:
        return nothing
    after = desired if choice == ALL else outcome(desired, observed, whole, part)
    return _answered(
        replace(nothing, left=left_out(whole, part)),
        part,
        after,
        reader=reader,
        find=read.source.find,
        even_protected=choice.even_protected,
    )


def choice_of(options: ChoosingOptions, read: Loaded, reader: Reader) -> Choice:
    """The part that the flags mean.

    Raises:
        CommandError: they name a service that is not in the stack.
    """
    from cli.faults import CommandError
    from topology.nearest import asked

    stack = read.stack
    for name in (*options.targets, *options.replaced):
        if name not in stack.services:
            raise CommandError(f"there is no service {name} in {stack.name}", asked(name, stack.services))
    history = reader.history(stack.name, stack.owner or stack.name) if options.drift_only else ()
    return Choice(
        targets=frozenset(options.targets),
        anew=frozenset(options.replaced),
        drift_only=options.drift_only,
        even_protected=options.even_protected,
        known=frozenset(history[-1].wanted) if history else frozenset(),
    )


def _answered(
    nothing: Draft,
    difference: Difference,
    then: Desired,
    *,
    reader: Reader,
    find: Find,
    even_protected: bool,
) -> Draft:
    """The draft with the steps that take the difference away, and what they do to reach; `then` is left."""
    from cli.report.planned import planned
    from reconciler import planner

    desired, observed = nothing.desired, nothing.observed
    steps = planner.answer(desired, observed, reader, difference, even_protected=even_protected)
    report = planned(steps, desired, nothing.report.engine, find)
    if steps.needs:
        from cli.report.reaching import reachability
        from reconciler import picture

        before, after = picture.present(desired, observed), picture.wanted(then, reader.traits)
        report = replace(report, reachability=reachability(before, after))
    return replace(nothing, plan=steps, report=report)


def backward(read: Loaded, reader: Reader, called: str, only: Choice = ALL) -> Draft:
    """What leads back to what was applied before, as far as that is meant.

    Raises:
        CommandError: nothing is known of an apply before the last.
        EngineError: the engine could not be asked.
    """
    from cli.faults import CommandError
    from cli.report.planned import planned
    from reconciler import picture, planner, rollback
    from reconciler.history import previous

    now = expand(read.stack, reader.traits, reader.contents(read.stack))
    last = previous(reader.history(now.stack, now.owner))
    if last is None:
        raise CommandError(
            f"nothing is known of what was applied to {now.stack} before the last time",
            "check out the stack file of then, and apply that",
        )
    then, lost = rollback.before(last, now, reader.observe(now))
    observed = reader.observe(then)
    whole = diff(then, observed)
    part = chosen(replace(whole, obstacles=(*whole.obstacles, *lost)), then, observed, only)
    steps = planner.answer(then, observed, reader, part, said=now, even_protected=only.even_protected)
    report = planned(steps, then, called, read.source.find)
    if steps.needs and not lost:
        from cli.report.reaching import reachability

        before, after = picture.present(then, observed), picture.wanted(then, reader.traits)
        report = replace(report, reachability=reachability(before, after))
    return Draft(desired=then, observed=observed, plan=steps, report=report, left=left_out(whole, part))


def takeover(read: Loaded, reader: Reader, called: str, wish: Wish) -> Draft:
    """What notes the things of others that a wish means as the stack's, and what apply would then change.

    Raises:
        EngineError: the engine could not be asked.
    """
    from cli.report.planned import planned
    from reconciler import adopting
    from reconciler.adoption import Claim

    wanted = expand(read.stack, reader.traits, reader.contents(read.stack))
    found = reader.adoptable(wanted, wish)
    claims = tuple(one for one in found if isinstance(one, Claim))
    refused = tuple(one for one in found if not isinstance(one, Claim))
    observed = reader.observe(wanted, adopting.provisional(wanted, claims))
    desired = allot(wanted, observed)
    steps = adopting.adopted(desired, observed, claims, refused)
    report = planned(steps, desired, called, read.source.find)
    return Draft(desired=desired, observed=observed, plan=steps, report=report)


def removal(desired: Desired, reader: Reader, called: str, *, volumes: bool, even_protected: bool) -> Draft:
    """What takes away all that the stack owns.

    Raises:
        EngineError: the engine could not be asked.
    """
    from cli.report.planned import planned
    from reconciler import planner

    observed = reader.observe(desired)
    steps = planner.teardown(desired, observed, reader, volumes=volumes, even_protected=even_protected)
    report = planned(steps, desired, called, lambda _path: None)
    return Draft(desired=desired, observed=observed, plan=steps, report=report)
