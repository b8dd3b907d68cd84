"""`topo matrix`."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from cli.faults import CommandError
from cli.options import SavingOptions, StackOptions
from cli.report.matrix import CellLine, Matrix
from cli.world import World

if TYPE_CHECKING:
    from topology.graph import Topology
    from topology.reach import End

MOST = 500
"""Services in one table: a quarter of a million cells are more than anybody looks at."""


class MatrixFormat(enum.Enum):
    """How a matrix is written."""

    TEXT = "text"
    CSV = "csv"
    MARKDOWN = "markdown"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class MatrixOptions(StackOptions, SavingOptions):
    """The arguments and flags of `topo matrix`."""

    names: Annotated[
        list[str],
        typer.Argument(
            metavar="[SERVICE]...", help="Only these, and world or host if named.", show_default=False
        ),
    ] = field(default_factory=list)
    format: Annotated[
        MatrixFormat,
        typer.Option("--format", metavar="FORMAT", help="How to write it: text, csv, markdown or json."),
    ] = MatrixFormat.TEXT


def matrix(options: MatrixOptions, world: World) -> Matrix:
    """Show who reaches whom, as a table.

    Direct, published, by the host, by name only, or not provable; rows reach columns. Needs no Docker.
    """
    from cli.wiring import loaded
    from topology.graph import topology_of

    stack = loaded(options, world).stack
    topology = topology_of(stack)
    return tabled(stack.name, topology, _ends(topology, options.names))


def tabled(stack: str, topology: Topology, ends: Sequence[End]) -> Matrix:
    """The table of these ends."""
    from topology.reach import named
    from topology.reach.matrix import matrix as cells

    return Matrix(
        stack=stack,
        ends=tuple(map(named, ends)),
        cells=tuple(
            CellLine(source=named(cell.source), target=named(cell.target), way=cell.way.value, path=cell.path)
            for cell in cells(topology, ends)
        ),
    )


def _ends(topology: Topology, names: Sequence[str]) -> tuple[End, ...]:
    """Those that were named; without names, every service, the world and the host.

    Raises:
        CommandError: there is no such end, or there are too many for a table.
    """
    from topology.graph import HOST, WORLD

    places: dict[str, End] = {"world": WORLD, "host": HOST}
    known: dict[str, End] = {**places, **{name: name for name in topology.members}}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise CommandError(f"there is no service {name}", *([f"did you mean {near[0]}?"] if near else []))
    chosen = tuple(known[name] for name in dict.fromkeys(names)) or (*topology.members, WORLD, HOST)
    if len(chosen) > MOST:
        raise CommandError(
            f"a table of {len(chosen):,} has {len(chosen) ** 2:,} cells", "name the services that matter"
        )
    return chosen
