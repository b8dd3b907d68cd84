"""The one networkx graph, for what takes more than one step: paths, chains, components."""

from __future__ import annotations

import networkx

from topology.graph.edges import edges
from topology.graph.nodes import node_of
from topology.graph.world import Node, Topology


def graph_of(topology: Topology) -> networkx.DiGraph[Node]:
    """Network stacks on one side, what joins them on the other; each edge knows whether it is `certain`."""
    graph: networkx.DiGraph[Node] = networkx.DiGraph()
    graph.add_nodes_from(node_of(topology, name) for name in topology.members)
    for start, end, certain in edges(topology):
        known = graph.has_edge(start, end) and graph.edges[start, end]["certain"]
        graph.add_edge(start, end, certain=certain or known)
    return graph
