"""Writes a report where and how it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cli.options import Format, OutputOptions
from cli.render.ink import Ink
from cli.report import Fault, Report
from cli.world import World

_TEXTS = {
    "check": "cli.render.check:text",
    "config": "cli.render.config:text",
    "explain": "cli.render.explain:text",
    "graph": "cli.render.graph:text",
}
"""What writes each kind of report for people; imported when there is one to write."""


def show(report: Report, options: OutputOptions, world: World) -> None:
    """Writes `report` to stdout; a fault goes to stderr, unless a program reads along."""
    if options.format is Format.JSON:
        from cli.render.document import as_json

        print(as_json(report), file=world.stdout)
    elif isinstance(report, Fault):
        from cli.render.fault import text

        print(text(report, world.ink(world.stderr, plain=options.no_color)), file=world.stderr)
    elif words := _text(report)(report, world.ink(world.stdout, plain=options.no_color), quiet=options.quiet):
        print(words, file=world.stdout)


def _text(report: Report) -> Callable[..., str]:
    module, _, name = _TEXTS[report.kind].partition(":")
    found: Callable[..., str] = getattr(import_module(module), name)
    return found


def ink_for(world: World, options: OutputOptions) -> Ink:
    """The colours for stderr."""
    return world.ink(world.stderr, plain=options.no_color)
