"""The flags, written down once. A command names the group it takes; groups are built by inheritance.

Names, short forms and meanings are those of docker and terraform wherever they have one.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Annotated, Any, Protocol, TypeVar, get_type_hints

import typer


class Format(enum.Enum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """What every command takes."""

    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say less: no progress, no details.")] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Write without colours; NO_COLOR does the same.")
    ] = False


@dataclass(frozen=True, kw_only=True)
class SavingOptions(CommonOptions):
    """A result that may go to a file."""

    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the result to FILE, not to the terminal."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class OpeningOptions(SavingOptions):
    """A result that may be looked at in a browser."""

    open: Annotated[
        bool, typer.Option("--open", help="Show the file in a browser, once --output has written it.")
    ] = False


class Shown(Protocol):
    """What a report needs to know to be shown; which formats there are is each command's own."""

    @property
    def format(self) -> enum.Enum: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def no_color(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class OutputOptions(CommonOptions):
    """The output of most commands."""

    format: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help="How to write it: text or json.")
    ] = Format.TEXT


@dataclass(frozen=True, kw_only=True)
class StackOptions(CommonOptions):
    """Where the stack is."""

    files: Annotated[
        list[str],
        typer.Option(
            "-f",
            "--file",
            metavar="FILE",
            help="A stack file, - for standard input. May be repeated: later files are merged over "
            "earlier ones. Without it topo.yaml, stack.yaml, compose.yaml and their like are looked for "
            "here and in the directories above.",
        ),
    ] = field(default_factory=list)
    project_name: Annotated[
        str | None,
        typer.Option(
            "-p", "--project-name", metavar="NAME", help="The name of the stack, instead of the file's."
        ),
    ] = None
    project_directory: Annotated[
        str | None,
        typer.Option(
            "--project-directory",
            metavar="DIR",
            help="What relative paths start from, instead of the directory of the first file.",
        ),
    ] = None
    env_files: Annotated[
        list[str],
        typer.Option(
            "--env-file",
            metavar="FILE",
            help="A file with values for ${VARIABLES}, instead of .env. May be repeated.",
        ),
    ] = field(default_factory=list)
    profiles: Annotated[
        list[str],
        typer.Option(
            "--profile", metavar="NAME", help="Switch on services with this profile. May be repeated."
        ),
    ] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """Which engine."""

    host: Annotated[
        str | None,
        typer.Option("-H", "--host", metavar="URL", help="The Docker engine to talk to, as in DOCKER_HOST."),
    ] = None
    context: Annotated[
        str | None,
        typer.Option("-c", "--context", metavar="NAME", help="The Docker context to use."),
    ] = None
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="docker|swarm|memory[:FILE]",
            help="One engine, or the Swarm that it manages; else what the stack file says. A model of an "
            "engine, kept in FILE, lets you rehearse where there is no Docker.",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class NodeOptions:
    """Ways to further nodes of a Swarm."""

    nodes: Annotated[
        list[str],
        typer.Option(
            "--node",
            metavar="URL",
            help="The engine of one more node of the Swarm, as in DOCKER_HOST: a manager reaches only what "
            "runs on its own. May be repeated.",
        ),
    ] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class DoingOptions(EngineOptions, OutputOptions):
    """How to change things."""

    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do it without asking.")] = False
    lock_timeout: Annotated[
        str | None,
        typer.Option(
            "--lock-timeout",
            metavar="TIME",
            help="How long to wait for somebody else who changes the stack, such as 5m; else not at all.",
        ),
    ] = None
    parallel: Annotated[
        int, typer.Option("--parallel", metavar="N", min=1, max=64, help="How many calls at a time.")
    ] = 4


@dataclass(frozen=True, kw_only=True)
class EndingOptions:
    """What may be ended."""

    even_protected: Annotated[
        bool,
        typer.Option(
            "--even-protected",
            help="Remove or replace what says `protect: true` as well; asks for the stack's name.",
        ),
    ] = False


@dataclass(frozen=True, kw_only=True)
class ChoosingOptions(EndingOptions):
    """Which part of what differs is meant."""

    targets: Annotated[
        list[str],
        typer.Option(
            "--target",
            metavar="SERVICE",
            help="Only this service and what it needs. May be repeated.",
        ),
    ] = field(default_factory=list)
    replaced: Annotated[
        list[str],
        typer.Option(
            "--replace",
            metavar="SERVICE",
            help="Replace the containers of this service though nothing differs. May be repeated.",
        ),
    ] = field(default_factory=list)
    drift_only: Annotated[
        bool,
        typer.Option("--drift-only", help="Only what somebody else changed, and nothing that the file did."),
    ] = False


Options = TypeVar("Options", bound=Shown)


def taking(options: type[Options], perform: Callable[[Options, typer.Context], int]) -> Callable[..., int]:
    """A function with a flag for each field of `options`, which typer can make a command of."""

    def command(ctx: typer.Context, **given: Any) -> int:
        return perform(options(**given), ctx)

    flags = list(_flags(options))
    ctx = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    command.__signature__ = inspect.Signature([ctx, *flags])  # type: ignore[attr-defined]  # typer reads it of any callable
    command.__annotations__ = {each.name: each.annotation for each in (ctx, *flags)}
    return command


def _flags(options: type[Any]) -> Iterator[inspect.Parameter]:
    """The fields of `options` as typer reads them: its own first, then those of its groups."""
    hints = get_type_hints(options, include_extras=True)
    known = {each.name: each for each in fields(options)}
    names = (name for group in options.__mro__ for name in inspect.get_annotations(group))
    for name in dict.fromkeys(names):
        yield inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=_default(known[name]), annotation=hints[name]
        )


def _default(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return inspect.Parameter.empty if each.default is MISSING else each.default
