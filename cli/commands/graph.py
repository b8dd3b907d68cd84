"""`topo graph`."""

from __future__ import annotations

import enum
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.faults import CommandError
from cli.options import EngineOptions, OpeningOptions, StackOptions
from cli.report.graph import Graph, Link, NetworkNode, Published, ServiceNode
from cli.world import World
from topology.structs import replace

if TYPE_CHECKING:
    from cli.report.picture import Picture
    from topology.graph import Binding, Member, Segment, Topology


class GraphFormat(enum.Enum):
    """How a graph is written."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    HTML = "html"
    JSON = "json"


DRAWN = {GraphFormat.SVG, GraphFormat.HTML}
"""Those that people look at, which show more than who is attached to what."""


@dataclass(frozen=True, kw_only=True)
class GraphOptions(StackOptions, EngineOptions, OpeningOptions):
    """The flags of `topo graph`."""

    format: Annotated[
        GraphFormat,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="How to draw it: text, mermaid, dot, svg, html (a page to explore) or json.",
        ),
    ] = GraphFormat.TEXT
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--diff",
            metavar="OLD NEW",
            help="Draw what was added and taken away from one stack file, or REVISION:PATH, to another; "
            "as svg or html.",
        ),
    ] = None
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            help="Draw what runs, how it is, and where the file says otherwise, as svg or html; only reads.",
        ),
    ] = False


def graph(options: GraphOptions, world: World) -> Graph | Picture:
    """Draw the networks and who is on them.

    With published ports, links, and services that are on several networks; as svg or html also with what
    is open without need. Needs no Docker, unless what runs is to be drawn.
    """
    _refuse(options)
    if options.format in DRAWN:
        return _picture(options, world)
    from cli.wiring import loaded
    from topology.graph import topology_of

    stack = loaded(options, world).stack
    return drawn(stack.name, topology_of(stack), first=tuple(stack.networks))


def _refuse(options: GraphOptions) -> None:
    """Raises CommandError for flags that mean nothing together."""
    if options.diff and options.format not in DRAWN:
        old, new = options.diff
        raise CommandError(
            f"a difference is drawn as svg or html, not as {options.format.value}",
            f"in words: topo diff {old} {new}",
        )
    if options.live and options.format not in DRAWN:
        raise CommandError(
            f"what runs is drawn as svg or html, not as {options.format.value}", "in words: topo status"
        )
    if options.live and options.diff:
        raise CommandError("--live is a difference already: of the file and what runs", "leave out --diff")
    if options.open and not options.output:
        raise CommandError("--open shows a file, and there is none", "say where to write it: --output FILE")


def _picture(options: GraphOptions, world: World) -> Picture:
    asking = options.format is GraphFormat.HTML
    if options.diff:
        from cli.picturing import compared
        from cli.revision import source

        old, new = (source(name, options, world) for name in options.diff)
        made = compared(old, new, world, asking=asking)
    elif options.live:
        from cli.picturing.living import lived
        from cli.wiring import loaded, watched

        read = loaded(options, world)
        made = lived(read, watched(options, world, read.stack.engine), world, asking=asking)
    else:
        from cli.picturing import pictured
        from cli.wiring import loaded

        made = pictured(loaded(options, world), world, asking=asking)
    return replace(made, folder=_folder(options, world))


def _folder(options: GraphOptions, world: World) -> str:
    """From where the page will be to where files are named from, for its links."""
    page = (world.directory / (options.output or "page")).parent
    there = os.path.relpath(world.directory, page)
    return "" if there == "." else f"{there}/"


def drawn(name: str, topology: Topology, *, first: tuple[str, ...] = ()) -> Graph:
    """The picture of a topology, in the order of the stack; `first` are the networks that its file names."""
    order = dict.fromkeys([*first, *topology.segments])
    return Graph(
        stack=name,
        networks=tuple(_network(topology.segments[network], topology) for network in order),
        services=tuple(_service(member, topology) for member in topology.members.values()),
        links=tuple(
            Link(source=member.name, target=tie.target, alias=tie.alias, port=tie.port)
            for member in topology.members.values()
            for tie in member.ties
        ),
    )


def _network(segment: Segment, topology: Topology) -> NetworkNode:
    return NetworkNode(
        name=segment.name,
        engine_name=segment.engine_name,
        driver=segment.driver,
        internal=segment.internal,
        external=segment.external,
        subnet=segment.subnet,
        services=topology.attached[segment.name],
    )


def _service(member: Member, topology: Topology) -> ServiceNode:
    return ServiceNode(
        name=member.name,
        image=member.image,
        replicas=member.replicas,
        mode=member.mode.value,
        networks=tuple(member.joints),
        lodgers=topology.lodgers.get(member.name, ()),
        ports=tuple(map(_published, member.bindings)),
    )


def _published(binding: Binding) -> Published:
    ports = binding.host_ports
    return Published(
        target=binding.target,
        protocol=binding.protocol,
        published=None if ports is None else "-".join(map(str, dict.fromkeys(ports))),
        host_ip=binding.host_ip,
    )
