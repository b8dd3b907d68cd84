"""A draft → what became of it: shown, asked for, carried out, looked at again."""

from __future__ import annotations

import time
from collections.abc import Callable

from cli.advice import advice
from cli.interrupts import stopping
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
from reconciler.executor import Done, execute, remaining


def carry(
    draft: Draft,
    engine: Engine,
    options: DoingOptions,
    world: World,
    *,
    find: Find,
    ask: Callable[[str], None],
) -> Outcome:
    """Shows the draft, asks, and carries it out; without steps, or with obstacles, it does nothing."""
    if draft.report.obstacles or not draft.report.steps:
        return Outcome(plan=draft.report)
    if not options.quiet:
        present(draft.report, options, world)
    if not options.yes:
        ask(f"\nCarry out these {counted(len(draft.report.steps), 'step')}?")
    return _carried(draft, engine, options, world, find)


def _carried(draft: Draft, engine: Engine, options: DoingOptions, world: World, find: Find) -> Outcome:
    names = names_of(draft.plan)
    ink = world.ink(world.stderr, plain=options.no_color)
    began = time.monotonic()
    with (
        stopping(world.stderr, live=world.is_live and not options.quiet) as stop,
        progress(world, ink, names, len(draft.plan.steps), stop=stop, quiet=options.quiet) as reporter,
    ):
        ended = execute(draft.plan, engine.run, parallel=options.parallel, reporter=reporter, stop=stop)
    return Outcome(
        plan=draft.report,
        steps=tuple(_line(done, names, find) for done in ended.steps),
        remaining=tuple(said(step, names) for step in remaining(draft.plan, ended)),
        interrupted=ended.interrupted,
        seconds=round(time.monotonic() - began, 3),
    )


def _line(done: Done, names: Names, find: Find) -> DoneLine:
    return DoneLine(
        address=str(done.step.address),
        text=said(done.step, names),
        result=done.result.value,
        seconds=round(done.seconds, 3),
        error=done.error,
        hints=advice(done, find),
    )
