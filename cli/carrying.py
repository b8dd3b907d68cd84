"""A draft → what became of it: shown, asked for, carried out, looked at again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from cli.advice import advice
from cli.exits import Exit
from cli.faults import CommandError
from cli.identity import byline
from cli.interrupts import stopping
from cli.locking import locked
from cli.options import DoingOptions
from cli.planning import Draft
from cli.progress import progress
from cli.render.steps import Names, said
from cli.render.words import counted
from cli.report.outcome import FAILED, DoneLine, Outcome
from cli.report.plan import AWAIT
from cli.report.planned import Find, names_of
from cli.show import present
from cli.world import World
from reconciler.address import Address
from reconciler.engine import Engine
from reconciler.errors import EngineError
from reconciler.executor import Done, execute, remaining
from topology.structs import replace


class Errand(Struct, frozen=True, kw_only=True):
    """What a command is out to do: how it makes its draft, and how it asks whether to carry it out.

    A second draft is given the first, which it may be. `doing` is what others who want to change the stack
    are told; `judge` has the last word, while they wait; `remembers`: the engine is to keep what was wanted;
    `back` leads services back to what was before.
    """

    doing: str
    draft: Callable[[Draft | None], Draft]
    ask: Callable[[str, Draft], None]
    find: Find = lambda _path: None
    judge: Callable[[Outcome], Outcome] = lambda outcome: outcome
    remembers: bool = False
    back: Callable[[frozenset[str]], Draft] | None = None


def carry(errand: Errand, engine: Engine, options: DoingOptions, world: World) -> tuple[Draft, Outcome]:
    """Shows the draft, asks, and carries it out; without steps, or with obstacles, it does nothing.

    Others may have changed the stack while it was looked at and while the question stood: it is looked at
    again once nobody else can, and where the plan is another one now, that is shown, and asked for as well.
    """
    shown = errand.draft(None)
    if not shown.plan:
        return shown, Outcome(plan=shown.report)
    if _is_to_do(shown):
        _show(errand, shown, options, world)
    with locked(engine, shown.desired.stack, errand.doing, options, world):
        now = errand.draft(shown)
        if not _is_to_do(now):
            return now, Outcome(plan=now.report)
        if now.report.fingerprint != shown.report.fingerprint:
            print("\nthe engine has changed meanwhile; this is the plan now:", file=world.stderr)
            _show(errand, now, options, world)
        if errand.remembers and any(change.action != AWAIT for change in now.report.changes):
            engine.remember(now.desired, now.observed, byline(world), now.left)
        outcome = _carried(now, engine, options, world, errand.find)
        if errand.back is not None and (services := taken_back(now, outcome)):
            outcome = _back(errand, outcome, services, engine=engine, options=options, world=world)
        outcome = errand.judge(outcome)
        if errand.remembers and outcome.code is not Exit.DONE:
            with suppress(EngineError):  # whether it is marked or not, that it failed is said
                engine.regret(now.desired.stack, now.desired.owner)
        return now, outcome


def _back(
    errand: Errand,
    outcome: Outcome,
    services: frozenset[str],
    *,
    engine: Engine,
    options: DoingOptions,
    world: World,
) -> Outcome:
    """What went wrong, and then the way back, which nobody is asked about: the file says it."""
    assert errand.back is not None  # noqa: S101  # else nobody comes here
    print(f"\ngoing back: {', '.join(sorted(services))} as before", file=world.stderr)
    try:
        draft = errand.back(services)
    except CommandError as error:
        print(f"there is no way back: {error}", file=world.stderr)
        return outcome
    if draft.report.obstacles:
        for one in draft.report.obstacles:
            print(f"there is no way back: {one.message}", file=world.stderr)
        return outcome
    then = _carried(draft, engine, options, world, errand.find)
    return replace(
        outcome,
        steps=(*outcome.steps, *then.steps),
        interrupted=then.interrupted,
        remaining=(*outcome.remaining, *then.remaining),
        taken_back=() if then.code else tuple(sorted(services)),
        seconds=outcome.seconds + then.seconds,
    )


def taken_back(draft: Draft, outcome: Outcome) -> frozenset[str]:
    """The services of which so many replicas failed that the file wants all as they were."""
    if outcome.interrupted:
        return frozenset()
    failed: dict[str, set[str]] = {}
    for line in outcome.having(FAILED):
        at = Address.parse(line.address)
        if at is not None and at in draft.desired.units:
            failed.setdefault(at.name, set()).add(line.address)
    updates = {at.name: unit.update for at, unit in draft.desired.units.items()}
    count = Counter(at.name for at in draft.desired.units)
    return frozenset(
        name
        for name, several in failed.items()
        if updates[name].failure_action == "rollback" and len(several) > updates[name].tolerated(count[name])
    )


def _is_to_do(draft: Draft) -> bool:
    return bool(draft.report.steps) and not draft.report.obstacles


def _show(errand: Errand, draft: Draft, options: DoingOptions, world: World) -> None:
    if not options.quiet:
        present(draft.report, options, world)
    if not options.yes:
        errand.ask(f"\nCarry out these {counted(len(draft.report.steps), 'step')}?", draft)


def _carried(draft: Draft, engine: Engine, options: DoingOptions, world: World, find: Find) -> Outcome:
    names = names_of(draft.plan)
    ink = world.ink(world.stderr, plain=options.no_color)
    began = time.monotonic()
    with (
        stopping(world.stderr, live=world.is_live and not options.quiet) as stop,
        progress(world, ink, names, len(draft.plan.steps), stop=stop, quiet=options.quiet) as reporter,
    ):
        engine.tells(reporter.moved)
        engine.heeds(stop)
        ended = execute(draft.plan, engine.run, parallel=options.parallel, reporter=reporter, stop=stop)
    return Outcome(
        plan=draft.report,
        steps=tuple(_line(done, names, find) for done in ended.steps),
        remaining=tuple(said(step, names) for step in remaining(draft.plan, ended)),
        interrupted=ended.interrupted,
        seconds=round(time.monotonic() - began, 3),
    )


def _line(done: Done, names: Names, find: Find) -> DoneLine:
    error, *more = done.error.splitlines() or [""]
    return DoneLine(
        address=str(done.step.address),
        text=said(done.step, names),
        result=done.result.value,
        seconds=round(done.seconds, 3),
        error=error,
        hints=(*more, *done.remarks, *advice(done, find)),
    )
