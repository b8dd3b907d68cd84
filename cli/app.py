"""The commands of topo with their flags. Imports only what flags need; a command imports the rest."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import typer

from cli import __version__
from cli.faults import told
from cli.options import Shown, taking
from cli.report import Report
from cli.show import show
from cli.world import World

Options = TypeVar("Options", bound=Shown)

COMMANDS: Final = (
    "init",
    "import",
    "check",
    "explain",
    "matrix",
    "graph",
    "suggest",
    "diff",
    "config",
    "schema",
    "export",
    "plan",
    "apply",
    "rollback",
    "adopt",
    "destroy",
    "status",
    "watch",
    "logs",
    "exec",
    "network",
    "dns",
    "unlock",
)
"""In the order of the help. Each is a module of `cli.commands` with its function and its options."""

_TAKEN: Final = frozenset({"import", "exec"})
"""Names that Python has another use for: the module and its function end in an underscore."""


def build(arguments: Sequence[str] = ()) -> Any:
    """The command line of topo, ready to be called.

    Where `arguments` begin with a command, it has no other: making them all takes longer than most
    commands take.
    """
    meant = [name for name in arguments[:1] if name in COMMANDS]
    app = typer.Typer(
        name="topo",
        help="Keeps containers and networks on Docker the way one YAML file says, and proves that nothing "
        "can reach what it was not meant to reach.",
        epilog="Exit codes: 0 yes or done, 1 could not, 2 no, 3 refused, 130 interrupted.",
        rich_markup_mode=None,
        add_completion=not meant,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback()(_globally)
    for name in meant or COMMANDS:
        _add_named(app, name, "cli.commands")
    return typer.main.get_command(app)


def outcome(command: Callable[[Options, World], Report], options: Options, world: World) -> int:
    """Performs `command` and shows what came of it. Raises only what is topo's own fault."""
    try:
        report = command(options, world)
        show(report, options, world)
    except Exception as error:  # what is nobody's fault but topo's goes on
        fault = told(error)
        if fault is None:
            raise
        show(fault, options, world)
        return fault.code
    return report.code


def _add_named(app: typer.Typer, name: str, package: str) -> None:
    """The command of a name, or a group of them: a package that says which it has."""
    called = f"{name}_" if name in _TAKEN else name
    module = importlib.import_module(f"{package}.{called}")
    within = getattr(module, "COMMANDS", None)
    if within is None:
        context = getattr(module, "CONTEXT", None)
        _add(app, name, getattr(module, f"{name.title()}Options"), getattr(module, called), context)
        return
    group = typer.Typer(help=module.__doc__, rich_markup_mode=None, no_args_is_help=True)
    for inner in within:
        _add_named(group, inner, module.__name__)
    app.add_typer(group, name=name)


def _add(
    app: typer.Typer,
    name: str,
    options: type[Options],
    command: Callable[[Options, World], Report],
    context: dict[str, Any] | None,
) -> None:
    def perform(given: Options, ctx: typer.Context) -> int:
        return outcome(command, given, ctx.obj)

    app.command(name, help=command.__doc__, context_settings=context)(taking(options, perform))


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
