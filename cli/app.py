"""The commands of topo with their flags. Imports only what flags need; a command imports the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import typer

from cli import __version__
from cli.commands import apply, check, config, destroy, explain, graph, plan, status
from cli.faults import told
from cli.options import CommonOptions, taking
from cli.report import Report
from cli.show import show
from cli.world import World

Options = TypeVar("Options", bound=CommonOptions)


def build() -> Any:
    """The command line of topo, ready to be called with arguments."""
    app = typer.Typer(
        name="topo",
        help="Keeps containers and networks on Docker the way one YAML file says, and proves that nothing "
        "can reach what it was not meant to reach.",
        epilog="Exit codes: 0 yes or done, 1 could not, 2 no, 3 refused, 130 interrupted.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_globally)
    _add(app, "check", check.CheckOptions, check.check)
    _add(app, "explain", explain.ExplainOptions, explain.explain)
    _add(app, "graph", graph.GraphOptions, graph.graph)
    _add(app, "config", config.ConfigOptions, config.config)
    _add(app, "plan", plan.PlanOptions, plan.plan)
    _add(app, "apply", apply.ApplyOptions, apply.apply)
    _add(app, "destroy", destroy.DestroyOptions, destroy.destroy)
    _add(app, "status", status.StatusOptions, status.status)
    return typer.main.get_command(app)


def outcome(command: Callable[[Options, World], Report], options: Options, world: World) -> int:
    """Performs `command` and shows what came of it. Raises only what is topo's own fault."""
    try:
        report = command(options, world)
    except Exception as error:
        fault = told(error)
        if fault is None:
            raise
        report = fault
    show(report, options, world)
    return report.code


def _add(
    app: typer.Typer, name: str, options: type[Options], command: Callable[[Options, World], Report]
) -> None:
    def perform(given: Options, ctx: typer.Context) -> int:
        return outcome(command, given, ctx.obj)

    app.command(name, help=command.__doc__)(taking(options, perform))


def _version(asked: bool) -> None:
    if asked:
        print(f"topo {__version__}")
        raise typer.Exit


def _globally(
    *,
    version: bool = typer.Option(
        False, "-V", "--version", is_eager=True, help="Show the version and exit.", callback=_version
    ),
) -> None:
    """Flags of topo itself; all others belong to a command."""
