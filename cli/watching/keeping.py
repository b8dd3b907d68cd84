"""From the flags of `topo watch` to its end: what hears, what looks and what heals, put together."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING

from cli.faults import CommandError
from cli.interrupts import hearing, stopping
from cli.report.news import Event, News
from cli.watching.engine import Connected
from cli.watching.inbox import Inbox, Listener, Reread, Stop
from cli.watching.loop import Looking, Mode, Watch
from cli.watching.meters import Meters
from cli.watching.rereading import Rereading
from cli.watching.telling import Teller
from cli.wiring import loaded
from cli.world import World
from reconciler.pace import Pace
from topology import units
from topology.units import Misfit

if TYPE_CHECKING:
    from cli.commands.watch import WatchOptions


def keep(options: WatchOptions, world: World) -> News:
    """Runs until it is told to stop; gives back its last word.

    Raises:
        CommandError: the flags contradict each other, or no engine answers.
    """
    if options.report and options.follow:
        raise CommandError("--report changes nothing, and --follow does", "use one of them")
    resync = _seconds(options.resync)
    read = loaded(options, world)
    on = Connected(options, world, read.stack.engine)
    inbox = Inbox()
    tell = Teller(stack=read.stack.name, options=options, world=world)
    looking = Looking()

    def told() -> None:
        inbox.put(Stop())
        looking.give_up()

    with ExitStack() as held:
        stop = held.enter_context(stopping(world.stderr, live=True, told=told))
        held.enter_context(hearing("SIGHUP", lambda: inbox.put(Reread())))
        watching = Watch(
            read=read,
            reread=Rereading(read, options, world, tell),
            on=on,
            mode=Mode(heals=not options.report, follows=options.follow),
            pace=Pace(clock=time.monotonic, resync=resync),
            hear=inbox.next,
            tell=tell,
            world=world,
            stop=stop,
            looking=looking,
            meters=held.enter_context(_meters(options, read.stack.name)),
        )
        listener = Listener(on.events, inbox.put)
        tell(Event.WATCHING, message=f"{_doing(options)} on {on.called}")
        listener.start()
        held.callback(listener.close)
        watching.run()
    return tell.news(Event.STOPPED)


def _meters(options: WatchOptions, stack: str) -> AbstractContextManager[Meters]:
    """Those that count for nobody, or those that are served."""
    if options.metrics is None:
        return nullcontext(Meters())
    from cli.watching.prometheus import serving  # most do without the library

    return serving(options.metrics, stack)


def _doing(options: WatchOptions) -> str:
    if options.report:
        return "telling what drifts"
    return "following the file" if options.follow else "healing what drifts"


def _seconds(text: str) -> float:
    try:
        seconds = units.duration(text)
    except Misfit as misfit:
        raise CommandError(f"--resync {misfit.says}, not {text}", "such as 30s or 5m") from misfit
    if seconds < 1:
        raise CommandError(f"--resync is at least a second, not {text}", "such as 30s or 5m")
    return seconds
