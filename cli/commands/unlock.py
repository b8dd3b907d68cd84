"""`topo unlock`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.unlock import Unlock


@dataclass(frozen=True, kw_only=True)
class UnlockOptions(StackOptions, EngineOptions, OutputOptions):
    """The flags of `topo unlock`."""

    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do it without asking.")] = False


def unlock(options: UnlockOptions, world: World) -> Unlock:
    """Free a stack from a lock that its holder left behind.

    Needed only where the holder was on another machine: on this one, topo sees by itself that it is dead.
    With -p NAME it works without a stack file.
    """
    from cli.confirm import confirm
    from cli.identity import is_dead, this_process
    from cli.report.unlock import LeaseLine, Unlock
    from cli.wiring import driven, stack_meant

    name, kind = stack_meant(options, world)
    engine = driven(options, world, kind).engine
    found = engine.leases(name)
    here = this_process()
    alive = [one for one in found if not is_dead(one, here)]
    if alive and not options.yes:
        held = "; ".join(map(str, alive))
        confirm(f"{name} is held: {held}\nWho still changes it will be surprised. Free it?", world)
    for one in found:
        engine.release(one)
    lines = tuple(LeaseLine(holder=str(one), dead=one not in alive) for one in found)
    return Unlock(stack=name, freed=lines)
