"""One stack → its picture."""

from __future__ import annotations

from cli.commands.check import checked
from cli.commands.graph import drawn
from cli.picturing.answers import answers
from cli.picturing.flows import flows_of
from cli.report.picture import Picture
from cli.world import World
from topology.graph import Topology, topology_of
from topology.load import Loaded
from topology.reach import taints


def pictured(found: Loaded, world: World, *, asking: bool = False) -> Picture:
    """What a stack file says, drawn; `asking` for a page that answers who reaches whom."""
    topology = topology_of(found.stack)
    check = checked(found, world)
    flows, excess = flows_of(found.stack, topology, check)
    return Picture(
        graph=drawn(found.stack.name, topology, first=tuple(found.stack.networks)),
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
