"""`topo diff`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import SavingOptions, StackOptions
from cli.report.diff import Diff, Side
from cli.world import World

if TYPE_CHECKING:
    from cli.revision import Source
    from topology.graph import Topology


class DiffFormat(enum.Enum):
    """How a difference is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class DiffOptions(StackOptions, SavingOptions):
    """The arguments and flags of `topo diff`."""

    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="A stack file, or one as git has it: REVISION:PATH, such as main:stack.yml.",
            show_default=False,
        ),
    ]
    new: Annotated[
        str | None,
        typer.Argument(
            metavar="NEW", help="The same; without it, the stack file that is found here.", show_default=False
        ),
    ] = None
    format: Annotated[
        DiffFormat,
        typer.Option("--format", metavar="FORMAT", help="How to write it: text, markdown or json."),
    ] = DiffFormat.TEXT
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when somebody reaches more or less.")
    ] = False


def diff(options: DiffOptions, world: World) -> Diff:
    """Show who can reach more, and who less, in one stack file than in another.

    The block that plan prints, for two files or git revisions; markdown is for pull requests. Needs no
    Docker.
    """
    from cli.report.reaching import reachability
    from cli.revision import here, source
    from topology.graph import topology_of

    old = source(options.old, options, world)
    new = source(options.new, options, world) if options.new else here(options, world)
    before, after = topology_of(old.loaded.stack), topology_of(new.loaded.stack)
    return Diff(
        stack=new.loaded.stack.name,
        old=_side(old, before),
        new=_side(new, after),
        reachability=reachability(before, after),
        detailed=options.detailed_exitcode,
    )


def _side(source: Source, topology: Topology) -> Side:
    from topology.rules import score

    return Side(
        name=source.name,
        services=len(topology.members),
        networks=len(topology.segments),
        score=score(topology),
    )
