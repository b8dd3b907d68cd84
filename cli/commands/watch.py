"""`topo watch`."""

from __future__ import annotations

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
    from cli.watching.keeping import keep

    return keep(options, world)
