"""`topo graph`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import StackOptions
from cli.report.graph import Graph, Link, NetworkNode, Published, ServiceNode
from cli.world import World

if TYPE_CHECKING:
    from topology.graph import Binding, Member, Segment, Topology


class Picture(enum.Enum):
    """How a graph is written."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class GraphOptions(StackOptions):
    """The flags of `topo graph`."""

    format: Annotated[
        Picture,
        typer.Option("--format", metavar="FORMAT", help="How to draw it: text, mermaid, dot or json."),
    ] = Picture.TEXT


def graph(options: GraphOptions, world: World) -> Graph:
    """Draw the networks and who is on them.

    With published ports, links, and services that are on several networks. Needs no Docker.
    """
    from cli.wiring import loaded
    from topology.graph import topology_of

    stack = loaded(options, world).stack
    return drawn(stack.name, topology_of(stack), first=tuple(stack.networks))


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
