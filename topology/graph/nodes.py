"""The nodes of the graph: a pair (what, name) each."""

from __future__ import annotations

from topology.graph.parts import Mode
from topology.graph.world import Node, Topology

STACK = "stack"
"""A network stack, by the member that holds it."""
NETWORK = "network"
JOINT = "joint"
"""What joins stacks without being a network: the host's addresses, IPv6 unfiltered, the physical network."""

RELAY = "relay"
"""The way through a relay."""

ADDRESS = "address"
ROUTED_ON = "routed on"

HOST_STACK: Node = ("host", "")
"""The host's own network stack: its programs, and all members with `network_mode: host`."""
WORLD_NODE: Node = ("world", "")
"""Only a start: what comes back in from beyond the host is not followed."""
TO_HOST: Node = (JOINT, "the host's own stack")
FROM_HOST: Node = (JOINT, "from the host's own stack")
PUBLIC: Node = (JOINT, "open to the world")
IPV4: Node = (JOINT, "host addresses")
SINGLED: Node = (JOINT, "host addresses, one by one")
MESH: Node = (JOINT, "every node of the Swarm")
"""What ports of mode `ingress` are opened through."""
IPV6: Node = (JOINT, "host IPv6 addresses")
ROUTED: Node = (JOINT, "routed addresses")
UNFILTERED: Node = (JOINT, "unfiltered IPv6")
FROM_LAN: Node = (JOINT, "from the physical network")
TO_LAN: Node = (JOINT, "to the physical network")


def at_address(address: str) -> Node:
    """The joint of ports that are published on one IPv4 address of the host."""
    return (ADDRESS, address)


def on_routed(network: str) -> Node:
    """The joint of containers whose ports are published on one routed network."""
    return (ROUTED_ON, network)


def node_of(topology: Topology, member: str) -> Node:
    """The node of the network stack that a member lives in."""
    standing = topology.standings[member]
    return HOST_STACK if standing.mode is Mode.HOST else (STACK, topology.holders[member].name)


def living_in(topology: Topology, node: Node) -> tuple[str, ...]:
    """The members whose network stack a node is; none for what joins stacks."""
    if node == HOST_STACK:
        return topology.on_host
    return topology.residents(node[1]) if node[0] == STACK else ()
