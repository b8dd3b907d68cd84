"""Writes a report where and how it was asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cli.faults import CommandError
from cli.options import OpeningOptions, SavingOptions, Shown
from cli.render.ink import PLAIN, Look
from cli.report import Fault, Report, Told
from cli.world import World

JSON = "json"
TEXT = "text"

_WRITERS = {
    ("check", TEXT): "cli.render.check:text",
    ("check", "sarif"): "cli.render.sarif:text",
    ("check", "junit"): "cli.render.junit:text",
    ("check", "tap"): "cli.render.tap:text",
    ("check", "github"): "cli.render.annotations:text",
    ("check", "markdown"): "cli.render.markdown:check",
    ("rules", TEXT): "cli.render.rules:text",
    ("rules", "markdown"): "cli.render.markdown:rules",
    ("rule", TEXT): "cli.render.rules:one",
    ("matrix", TEXT): "cli.render.matrix:text",
    ("matrix", "csv"): "cli.render.matrix:as_csv",
    ("matrix", "markdown"): "cli.render.matrix:markdown",
    ("diff", TEXT): "cli.render.diff:text",
    ("diff", "markdown"): "cli.render.diff:markdown",
    ("suggest", TEXT): "cli.render.suggest:text",
    ("suggest", "diff"): "cli.render.suggest:diff",
    ("explain", TEXT): "cli.render.explain:text",
    ("surroundings", TEXT): "cli.render.explain:surroundings",
    ("graph", TEXT): "cli.render.graph:text",
    ("graph", "mermaid"): "cli.render.mermaid:text",
    ("graph", "dot"): "cli.render.dot:text",
    ("picture", "svg"): "cli.render.picture.svg:text",
    ("picture", "html"): "cli.render.page.html:text",
    ("apply", TEXT): "cli.render.outcome:text",
    ("adopt", TEXT): "cli.render.outcome:text",
    ("destroy", TEXT): "cli.render.outcome:text",
    ("unlock", TEXT): "cli.render.unlock:text",
    ("status", TEXT): "cli.render.status:text",
    ("news", TEXT): "cli.render.news:text",
    ("news", JSON): "cli.render.news:as_json",
    ("networks", TEXT): "cli.render.network:networks",
    ("network", TEXT): "cli.render.network:info",
    ("exists", TEXT): "cli.render.network:exists",
    ("network_done", TEXT): "cli.render.network:done",
    ("attachments", TEXT): "cli.render.network:attachments",
    ("rebuilt", TEXT): "cli.render.network:rebuilt",
    ("said", TEXT): "cli.render.said:nothing",
    ("said", JSON): "cli.render.said:nothing",
    ("value", TEXT): "cli.render.value:text",
    ("plan", TEXT): "cli.render.plan:text",
    ("script", "sh"): "cli.render.sh:text",
    ("config", TEXT): "cli.render.config:text",
    ("config", "yaml"): "cli.render.config:text",
    ("config", JSON): "cli.render.config:as_json",
    ("schema", JSON): "cli.render.schema:as_json",
    ("kubernetes", TEXT): "cli.render.kubernetes:text",
    ("kubernetes", "yaml"): "cli.render.kubernetes:text",
    ("kubernetes", JSON): "cli.render.kubernetes:as_json",
    ("names", "hosts"): "cli.render.names:hosts",
    ("names", "dnsmasq"): "cli.render.names:dnsmasq",
    ("import", TEXT): "cli.render.imported:text",
    ("init", TEXT): "cli.render.init:text",
}
"""What writes a kind of report in a format, imported when it is asked for."""

_ANY = "cli.render.document:as_json"
_FAULT = "cli.render.fault:text"


def show(report: Report, options: Shown, world: World) -> None:
    """Writes `report` to stdout; a fault goes to stderr, unless a program reads along."""
    if isinstance(report, Told):
        return
    form = str(options.format.value)
    for_people = isinstance(report, Fault) and form != JSON
    name = _FAULT if for_people else _WRITERS.get((report.kind, form), _ANY)
    if isinstance(options, SavingOptions) and options.output and not isinstance(report, Fault):
        _save(_writer(name)(report, Look(PLAIN, options.quiet)), options.output, options, world)
        return
    stream = world.stderr if for_people else world.stdout
    look = Look(world.ink(stream, plain=options.no_color), options.quiet, world.width)
    text = _writer(name)(report, look)
    if text:
        print(text, file=stream, flush=True)


def _save(text: str, file: str, options: SavingOptions, world: World) -> None:
    """Writes to a file and says so.

    Raises:
        CommandError: it cannot be written.
    """
    try:
        (world.directory / file).write_text(text.removesuffix("\n") + "\n", encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from error
    if not options.quiet:
        print(f"written to {file}", file=world.stderr)
    if isinstance(options, OpeningOptions) and options.open:
        _reveal(file, world)


def _reveal(file: str, world: World) -> None:
    """Shows a file in a browser.

    Raises:
        CommandError: there is none.
    """
    if not world.browse((world.directory / file).resolve().as_uri()):
        raise CommandError(f"no browser could be started; the picture is in {file}")


def present(report: Report, options: Shown, world: World) -> None:
    """Shows people a report that is not the result; beside JSON it goes to stderr."""
    stream = world.stderr if options.format.value == JSON else world.stdout
    look = Look(world.ink(stream, plain=options.no_color), options.quiet)
    print(_writer(_WRITERS[report.kind, TEXT])(report, look), file=stream, flush=True)


def _writer(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
