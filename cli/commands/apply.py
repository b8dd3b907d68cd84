"""`topo apply`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ChoosingOptions, DoingOptions, StackOptions
from cli.world import World
from topology.structs import replace

if TYPE_CHECKING:
    from cli.report.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class ApplyOptions(StackOptions, ChoosingOptions, DoingOptions):
    """The argument and flags of `topo apply`."""

    plan: Annotated[
        str | None,
        typer.Argument(
            metavar="[PLAN]",
            help="A plan from `topo plan -o`, to be carried out as it is.",
            show_default=False,
        ),
    ] = None


def apply(options: ApplyOptions, world: World) -> Outcome:
    """Make the engine as the stack says.

    Shows the plan, asks, carries it out, and looks again. Where one step fails, all that does not depend
    on it is done all the same; the next apply goes on from there. With PLAN it does exactly what that says
    and asks nothing; where the plan would be another one now, it refuses with 3 and says what has changed.
    """
    from cli.carrying import Errand, carry
    from cli.confirm import confirm_draft
    from cli.exits import Exit
    from cli.planning import ALL, Choice, Draft, backward, choice_of, draft
    from cli.saved import as_asked, opened, refuse_another
    from cli.wiring import driven, loaded

    saved = opened(options.plan, world) if options.plan else None
    if saved is not None:
        options = dataclasses.replace(as_asked(saved, options), yes=True)
    read = loaded(options, world)
    on = driven(options, world, read.stack.engine)
    choice = choice_of(options, read, on.engine)
    back = Choice(even_protected=options.even_protected)

    def drafted(before: Draft | None) -> Draft:
        made = draft(read, on.engine, on.called, choice, before)
        if saved is not None:
            refuse_another(saved, made.report)
        return made

    def judge(outcome: Outcome) -> Outcome:
        if not outcome.steps or outcome.code is not Exit.DONE:
            return outcome
        left = replace(choice, anew=ALL.anew)
        return replace(outcome, unconverged=draft(read, on.engine, on.called, left).report.changes)

    errand = Errand(
        doing="apply",
        draft=drafted,
        ask=lambda question, shown: confirm_draft(question, shown, world),
        find=read.source.find,
        judge=judge,
        remembers=True,
        back=lambda names: backward(read, on.engine, on.called, replace(back, targets=names)),
    )
    _, outcome = carry(errand, on.engine, options, world)
    return outcome
