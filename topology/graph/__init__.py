"""Who is attached to what: one type for a stack file, a running engine and a wanted state."""

from topology.graph.build import bridge_options, topology_of, wakes_interface
from topology.graph.doors import Door
from topology.graph.engine import NEWEST, Assumptions, Engine
from topology.graph.parts import BRIDGE, Binding, Joint, Member, Mode, Segment, Taint, Tie
from topology.graph.probed import Outcome, Probed
from topology.graph.running import One, Publisher, Running
from topology.graph.standing import HOST, WORLD, Place, Standing
from topology.graph.taint import HOST_NETWORK, mount_taint, process_taint
from topology.graph.world import Topology

__all__ = [
    "BRIDGE",
    "HOST",
    "HOST_NETWORK",
    "NEWEST",
    "WORLD",
    "Assumptions",
    "Binding",
    "Door",
    "Engine",
    "Joint",
    "Member",
    "Mode",
    "One",
    "Outcome",
    "Place",
    "Probed",
    "Publisher",
    "Running",
    "Segment",
    "Standing",
    "Taint",
    "Tie",
    "Topology",
    "bridge_options",
    "mount_taint",
    "process_taint",
    "topology_of",
    "wakes_interface",
]
