"""`topo watch`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.news import News


@dataclass(frozen=True, kw_only=True)
class WatchOptions(StackOptions, EngineOptions, OutputOptions):
    """The flags of `topo watch`."""

    report: Annotated[
        bool, typer.Option("--report", help="Only tell what drifted; sends the engine nothing but GET.")
    ] = False
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", help="Do what the stack file says as well, whenever it or its .env changes."
        ),
    ] = False
    resync: Annotated[
        str,
        typer.Option("--resync", metavar="TIME", help="How often to look where nothing seems to happen."),
    ] = "5m"
    metrics: Annotated[
        str | None,
        typer.Option("--metrics", metavar="ADDR", help="Serve Prometheus metrics at HOST:PORT or :PORT."),
    ] = None


def watch(options: WatchOptions, world: World) -> News:
    """Keep a stack as it was applied.

    Hears the engine's events, looks, and takes away what somebody else than topo changed; what the file
    changed is left to `topo apply`, unless --follow is given. What cannot be mended is tried less and less
    often. Reads the file again when it changes, and on SIGHUP; ends on SIGTERM and Ctrl-C, once the calls in
    flight are done. With --format json each line is one object.
    """
    import time

    from cli.faults import CommandError
    from cli.interrupts import hearing, stopping
    from cli.report.news import Event
    from cli.watching.engine import Connected
    from cli.watching.inbox import Inbox, Listener, Reread, Stop
    from cli.watching.loop import Mode, Watch
    from cli.watching.meters import Meters
    from cli.watching.rereading import Rereading
    from cli.watching.telling import Teller
    from cli.wiring import loaded
    from reconciler.pace import Pace

    if options.report and options.follow:
        raise CommandError("--report changes nothing, and --follow does", "use one of them")
    resync = _seconds(options.resync)
    read = loaded(options, world)
    on = Connected(options, world, read.stack.engine)
    inbox = Inbox()
    tell = Teller(stack=read.stack.name, options=options, world=world)
    with ExitStack() as held:
        stop = held.enter_context(stopping(world.stderr, live=True, told=lambda: inbox.put(Stop())))
        held.enter_context(hearing("SIGHUP", lambda: inbox.put(Reread())))
        meters = Meters()
        if options.metrics is not None:
            from cli.watching.prometheus import serving

            meters = held.enter_context(serving(options.metrics, read.stack.name))
        listener = Listener(on.events, inbox.put)
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
            meters=meters,
        )
        tell(Event.WATCHING, message=f"{_doing(options)} on {on.called}")
        listener.start()
        held.callback(listener.close)
        watching.run()
    return tell.news(Event.STOPPED)


def _doing(options: WatchOptions) -> str:
    if options.report:
        return "telling what drifts"
    return "following the file" if options.follow else "healing what drifts"


def _seconds(text: str) -> float:
    from cli.faults import CommandError
    from topology import units
    from topology.units import Misfit

    try:
        seconds = units.duration(text)
    except Misfit as misfit:
        raise CommandError(f"--resync {misfit.says}, not {text}", "such as 30s or 5m") from misfit
    if seconds < 1:
        raise CommandError(f"--resync is at least a second, not {text}", "such as 30s or 5m")
    return seconds
