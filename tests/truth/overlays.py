"""What services of a Swarm have become on its nodes, and what the model says that packets between them do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.support.lab import LabEngine
from tests.support.namespaces import netns
from tests.support.swarm import OUTSIDE, LabSwarm
from topology import graph
from topology.graph import Topology
from topology.graph.overlay import GATEWAY_BRIDGE
from topology.graph.parts import Publish
from topology.reach import End, Kind, Route, reach
from topology.reach.verdict import EVERY_NODE

PORTS = (80, 5432)
Aim = tuple[str, int]
"""An address and a port to try."""


class Spot(Struct, frozen=True, kw_only=True):
    """One network stack: a task's, a node's, or the world's. `addresses` is by key of the network."""

    name: str
    end: End
    node: str
    namespace: Path
    addresses: dict[str, str]


def spots(swarm: LabSwarm, stack: str) -> dict[str, Spot]:
    """All of them, by name; a service has one task."""
    world = Path(f"/proc/{swarm.switch}/ns/net")
    found = [Spot(name="world", end=graph.WORLD, node="", namespace=world, addresses={"switch": OUTSIDE})]
    for node in swarm.nodes:
        found.append(_node(swarm, node))
        with node.client() as client:
            found += [_task(node, stack, one.attrs) for one in client.containers.list()]
    return {spot.name: spot for spot in found}


def _node(swarm: LabSwarm, node: LabEngine) -> Spot:
    namespace = Path(f"/proc/{node.holder}/ns/net")
    at = {"switch": swarm.address(node), GATEWAY_BRIDGE.name: _addresses(namespace)[GATEWAY_BRIDGE.name]}
    return Spot(name=node.name, end=graph.HOST, node=node.name, namespace=namespace, addresses=at)


def _task(node: LabEngine, stack: str, raw: dict[str, Any]) -> Spot:
    service = raw["Config"]["Labels"]["com.docker.swarm.service.name"].removeprefix(f"{stack}_")
    namespace = Path(f"/proc/{node.holder}/root/proc/{raw['State']['Pid']}/ns/net")
    networks = raw["NetworkSettings"]["Networks"]
    known = {name.removeprefix(f"{stack}_"): one["IPAddress"] for name, one in networks.items()}
    # The Engine does not tell what a task has on docker_gwbridge, nor which of its interfaces that is.
    rest = sorted(set(_addresses(namespace).values()) - {*known.values(), "127.0.0.1"})
    beside = dict(zip([GATEWAY_BRIDGE.name], rest, strict=False))
    return Spot(name=service, end=service, node=node.name, namespace=namespace, addresses=known | beside)


def _addresses(namespace: Path) -> dict[str, str]:
    with netns(namespace):
        listed = subprocess.run(["ip", "-j", "-4", "addr"], check=True, stdout=subprocess.PIPE, text=True)
    return {
        interface["ifname"]: one["local"]
        for interface in json.loads(listed.stdout)
        for one in interface["addr_info"]
    }


class Model(Struct, frozen=True, dict=True):
    """The topology of a stack beside what became of it on the nodes."""

    topology: Topology
    spots: dict[str, Spot]

    @cached_property
    def aims(self) -> frozenset[Aim]:
        """Every address of anybody at every port; what is published for every node is left out."""
        addresses = {address for spot in self.spots.values() for address in spot.addresses.values()}
        published = {
            one.host_ports[0]
            for member in self.topology.members.values()
            for one in member.bindings
            if one.publish is Publish.ITS_NODES and one.host_ports
        }
        return frozenset((address, port) for address in addresses for port in (*PORTS, *published))

    def expected(self, source: Spot) -> dict[Aim, str]:
        """The connections that succeed, and who answers them; `source` itself aside."""
        found: dict[Aim, str] = {}
        for target in self.spots.values():
            if source.end != target.end:
                for route in reach(self.topology, source.end, target.end).routes:
                    found |= dict.fromkeys(self._opened(source, target, route), target.name)
        own = source.addresses.values()
        return {aim: name for aim, name in found.items() if aim[0] not in own}

    def _opened(self, source: Spot, target: Spot, route: Route) -> Iterator[Aim]:
        on_one_node = source.node == target.node
        match route.kind:
            case Kind.DIRECT:
                yield from ((target.addresses[str(route.network)], port) for port in PORTS)
            case Kind.HOST if on_one_node:
                yield from ((target.addresses[str(route.network)], port) for port in PORTS)
            case Kind.TO_HOST:
                near = target.addresses.values() if on_one_node else [target.addresses["switch"]]
                yield from ((address, port) for address in near for port in PORTS)
            case Kind.EXIT:
                yield from ((target.addresses["switch"], port) for port in PORTS)
            case Kind.PUBLISHED if route.host_ports and route.address != EVERY_NODE:
                yield from ((address, route.host_ports[0]) for address in self._doors(source, target, route))

    def _doors(self, source: Spot, target: Spot, route: Route) -> Iterator[str]:
        """Where a published port of a task is opened: at the addresses of its node."""
        node = self.spots[target.node]
        yield node.addresses["switch"]
        if source.node == node.name:
            yield node.addresses[GATEWAY_BRIDGE.name]
