"""`topo diff`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.options import EngineOptions, SavingOptions, StackOptions
from cli.report.diff import Diff, Side
from cli.world import World
from topology.structs import replace

if TYPE_CHECKING:
    from cli.revision import Source
    from topology.graph import Topology

LIVE = "live"
"""Means what runs on the engine; a file of that name is ./live."""


class DiffFormat(enum.Enum):
    """How a difference is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class DiffOptions(StackOptions, EngineOptions, SavingOptions):
    """The arguments and flags of `topo diff`."""

    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="A stack file, one as git has it (REVISION:PATH, such as main:stack.yml), or live, which is "
            "what runs.",
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
    """Show who can reach more, and who less, in one stack file than in another, or than what runs.

    The block that plan prints, for two files or git revisions; markdown is for pull requests. Asks the
    engine only where a side is called live, and then only reads.
    """
    from cli.report.reaching import reachability

    if LIVE in (options.old, options.new):
        stack, (old, before), (new, after) = _beside_live(options, world)
    else:
        stack, (old, before), (new, after) = _of_files(options, world)
    return Diff(
        stack=stack,
        old=_side(old, before),
        new=_side(new, after),
        reachability=reachability(before, after),
        detailed=options.detailed_exitcode,
    )


Named: TypeAlias = "tuple[str, Topology]"
"""A side of the comparison, and what the reader calls it."""


def _of_files(options: DiffOptions, world: World) -> tuple[str, Named, Named]:
    from topology.graph import topology_of

    old, new = _source(options.old, options, world), _source(options.new, options, world)
    stacks = (old.loaded.stack, new.loaded.stack)
    return new.loaded.stack.name, (old.name, topology_of(stacks[0])), (new.name, topology_of(stacks[1]))


def _beside_live(options: DiffOptions, world: World) -> tuple[str, Named, Named]:
    """Both sides as the engine would have them, so that nothing but a real difference shows."""
    from cli.faults import CommandError
    from cli.wiring import watched
    from reconciler import picture
    from reconciler.expand import expand

    if options.old == options.new:
        raise CommandError("both sides are what runs now", "name a stack file for one of them")
    file = _source(options.old if options.new == LIVE else options.new, options, world)
    seen = watched(options, world, file.loaded.stack.engine)
    desired = expand(file.loaded.stack, seen.reader.traits)
    there = (seen.called, _needing(picture.running(desired, seen.reader.observe(desired)), file))
    said = (file.name, _needing(picture.wanted(desired, seen.reader.traits), file))
    sides = (there, said) if options.old == LIVE else (said, there)
    return (desired.stack, *sides)


def _needing(topology: Topology, file: Source) -> Topology:
    """What runs does not tell what it was meant to reach: the file does."""
    from topology.graph import topology_of

    said = topology_of(file.loaded.stack).members
    needs = {name: (*one.waits_for, *(tie.target for tie in one.ties)) for name, one in said.items()}
    members = {name: replace(one, waits_for=needs.get(name, ())) for name, one in topology.members.items()}
    return replace(topology, members=members)


def _source(name: str | None, options: DiffOptions, world: World) -> Source:
    from cli.revision import here, source

    return source(name, options, world) if name else here(options, world)


def _side(name: str, topology: Topology) -> Side:
    from topology.rules import score

    return Side(
        name=name,
        services=len(topology.members),
        networks=len(topology.segments),
        score=score(topology),
    )
