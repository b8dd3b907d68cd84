"""`topo apply`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cli.options import DoingOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class ApplyOptions(StackOptions, DoingOptions):
    """The flags of `topo apply`."""


def apply(options: ApplyOptions, world: World) -> Outcome:
    """Make the engine as the stack says.

    Shows the plan, asks, carries it out, and looks again. Where one step fails, all that does not depend
    on it is done all the same; the next apply goes on from there.
    """
    from cli.carrying import Errand, carry
    from cli.confirm import confirm
    from cli.exits import Exit
    from cli.planning import draft
    from cli.wiring import driven, loaded

    read = loaded(options, world)
    on = driven(options, world)

    def judge(outcome: Outcome) -> Outcome:
        if not outcome.steps or outcome.code is not Exit.DONE:
            return outcome
        return replace(outcome, unconverged=draft(read, on.engine, on.called).report.changes)

    errand = Errand(
        doing="apply",
        draft=lambda: draft(read, on.engine, on.called),
        ask=lambda question, _draft: confirm(question, world),
        find=read.source.find,
        judge=judge,
        remembers=True,
    )
    _, outcome = carry(errand, on.engine, options, world)
    return outcome
