"""One stack → its picture."""

from __future__ import annotations

from cli.commands.check import checked
from cli.commands.graph import drawn
from cli.picturing.answers import answers
from cli.picturing.flows import flows_of
from cli.report.check import Check
from cli.report.graph import Graph
from cli.report.picture import Picture
from cli.world import World
from topology.graph import Topology, topology_of
from topology.load import Loaded
from topology.models import Stack
from topology.reach import taints


def pictured(found: Loaded, world: World, *, asking: bool = False) -> Picture:
    """What a stack file says, drawn; `asking` for a page that answers who reaches whom."""
    topology = topology_of(found.stack)
    graph = drawn(found.stack.name, topology, first=tuple(found.stack.networks))
    return of_topology(found.stack, topology, graph, checked(found, world), asking=asking)


def of_topology(
    stack: Stack, topology: Topology, graph: Graph, check: Check, *, asking: bool = False
) -> Picture:
    """The same of a topology, which may be what runs."""
    flows, excess = flows_of(stack, topology, check)
    return Picture(
        graph=graph,
        flows=flows,
        excess=excess,
        taints={name: texts for name in topology.members if (texts := _taints(topology, name))},
        addresses=_addresses(topology),
        check=check,
        answers=answers(topology) if asking else None,
    )


def _taints(topology: Topology, name: str) -> tuple[str, ...]:
    return tuple(taint.text for taint in taints(topology, name))


def _addresses(topology: Topology) -> dict[tuple[str, str], tuple[str, ...]]:
    """Where the file gives one."""
    return {
        (member.name, network): joint.addresses
        for member in topology.members.values()
        for network, joint in member.joints.items()
        if joint.addresses
    }
