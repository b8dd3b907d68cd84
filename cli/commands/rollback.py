"""`topo rollback`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.options import DoingOptions, EndingOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class RollbackOptions(StackOptions, EndingOptions, DoingOptions):
    """The flags of `topo rollback`."""


def rollback(options: RollbackOptions, world: World) -> Outcome:
    """Go back to what was applied before the last time, and did not fail.

    Shows the plan, asks, and carries it out as apply does; the next rollback comes back from there. The
    engine keeps secrets, files and build contexts as digests only: where one was another then and is not at
    hand any more, nothing is done, and it says which.
    """
    from cli.carrying import Errand, carry
    from cli.confirm import confirm_draft
    from cli.planning import Choice, backward
    from cli.wiring import driven, loaded

    read = loaded(options, world)
    on = driven(options, world, read.stack.engine)
    choice = Choice(even_protected=options.even_protected)
    errand = Errand(
        doing="rollback",
        draft=lambda _before: backward(read, on.engine, on.called, choice),
        ask=lambda question, shown: confirm_draft(question, shown, world),
        find=read.source.find,
        remembers=True,
    )
    return carry(errand, on.engine, options, world)[1]
