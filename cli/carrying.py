"""A draft → what became of it: shown, asked for, carried out, looked at again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from cli import __version__
from cli.advice import advice
from cli.exits import Exit
from cli.identity import author, moment
from cli.interrupts import stopping
from cli.locking import locked
from cli.options import DoingOptions
from cli.planning import Draft
from cli.progress import progress
from cli.render.steps import Names, said
from cli.render.words import counted
from cli.report.outcome import DoneLine, Outcome
from cli.report.planned import Find, names_of
from cli.show import present
from cli.world import World
from reconciler.engine import Engine
from reconciler.errors import EngineError
from reconciler.executor import Done, execute, remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a command is out to do: how it makes its draft, and how it asks whether to carry it out.

    `doing` is what others who want to change the stack are told; `judge` has the last word, while they wait;
    `remembers`: the engine is to keep what was wanted.
    """

    doing: str
    draft: Callable[[], Draft]
    ask: Callable[[str, Draft], None]
    find: Find = lambda _path: None
    judge: Callable[[Outcome], Outcome] = lambda outcome: outcome
    remembers: bool = False


def carry(errand: Errand, engine: Engine, options: DoingOptions, world: World) -> tuple[Draft, Outcome]:
    """Shows the draft, asks, and carries it out; without steps, or with obstacles, it does nothing.

    Others may have changed the stack while it was looked at and while the question stood: it is looked at
    again once nobody else can, and where the plan is another one now, that is shown, and asked for as well.
    """
    shown = errand.draft()
    if not shown.plan:
        return shown, Outcome(plan=shown.report)
    if _is_to_do(shown):
        _show(errand, shown, options, world)
    with locked(engine, shown.desired.stack, errand.doing, options, world):
        now = errand.draft()
        if not _is_to_do(now):
            return now, Outcome(plan=now.report)
        if now.report.fingerprint != shown.report.fingerprint:
            print("\nthe engine has changed meanwhile; this is the plan now:", file=world.stderr)
            _show(errand, now, options, world)
        if errand.remembers:
            engine.remember(now.desired, now.observed, by=author(), at=moment(world), version=__version__)
        outcome = errand.judge(_carried(now, engine, options, world, errand.find))
        if errand.remembers and outcome.code is not Exit.DONE:
            with suppress(EngineError):  # whether it is marked or not, that it failed is said
                engine.regret(now.desired.stack, now.desired.owner)
        return now, outcome


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
        hints=(*more, *advice(done, find)),
    )
