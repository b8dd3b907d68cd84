"""Writes a report where and how it was asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cli.options import Shown
from cli.render.ink import Look
from cli.report import Fault, Report
from cli.world import World

JSON = "json"
TEXT = "text"

_WRITERS = {
    ("check", TEXT): "cli.render.check:text",
    ("explain", TEXT): "cli.render.explain:text",
    ("surroundings", TEXT): "cli.render.explain:surroundings",
    ("graph", TEXT): "cli.render.graph:text",
    ("graph", "mermaid"): "cli.render.mermaid:text",
    ("graph", "dot"): "cli.render.dot:text",
    ("apply", TEXT): "cli.render.outcome:text",
    ("destroy", TEXT): "cli.render.outcome:text",
    ("status", TEXT): "cli.render.status:text",
    ("plan", TEXT): "cli.render.plan:text",
    ("config", TEXT): "cli.render.config:text",
    ("config", "yaml"): "cli.render.config:text",
    ("config", JSON): "cli.render.config:as_json",
    ("schema", JSON): "cli.render.schema:as_json",
    ("init", TEXT): "cli.render.init:text",
}
"""What writes a kind of report in a format, imported when it is asked for."""

_ANY = "cli.render.document:as_json"
_FAULT = "cli.render.fault:text"


def show(report: Report, options: Shown, world: World) -> None:
    """Writes `report` to stdout; a fault goes to stderr, unless a program reads along."""
    form = str(options.format.value)
    for_people = isinstance(report, Fault) and form != JSON
    stream = world.stderr if for_people else world.stdout
    name = _FAULT if for_people else _WRITERS.get((report.kind, form), _ANY)
    text = _writer(name)(report, Look(world.ink(stream, plain=options.no_color), options.quiet))
    if text:
        print(text, file=stream)


def present(report: Report, options: Shown, world: World) -> None:
    """Shows people a report that is not the result; beside JSON it goes to stderr."""
    stream = world.stderr if options.format.value == JSON else world.stdout
    look = Look(world.ink(stream, plain=options.no_color), options.quiet)
    print(_writer(_WRITERS[report.kind, TEXT])(report, look), file=stream, flush=True)


def _writer(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
