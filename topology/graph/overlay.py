"""Overlays: what a task of a Swarm, or a container that joined one, stands on beside them.

Run on three nodes of 20.10.24 and of 28.5.2, 21j and 21k on the latter alone, 21m and 21n by hand; what their
kernel could not show, for want of IPVS and ESP, is as Docker documents it:

    21a  one overlay: every port, between nodes and on one node, encrypted or not (across nodes not run)
    21b  two overlays: nothing, by the overlay's address or by that on docker_gwbridge, on one node or on two
    21c  each node has a docker_gwbridge; a stack on an overlay that is not internal, with no other default
         route, is on it: the way out, to the programs of every node, and for ports of mode `host`
    21d  docker_gwbridge is a bridge with enable_icc=false: two tasks of one node are no neighbours there
    21e  a node's own programs open a task at its address there; nobody has an address on an overlay itself
    21f  `internal`: no docker_gwbridge, no way out, no programs of a node, and ports of mode `host` dropped
    21g  enable_icc=false on an overlay has no effect
    21h  a port of mode `host` opens on the nodes that run a task, to the world and to all of 21c
    21i  a port of mode `ingress` puts its service on the network `ingress` and so, whatever other networks it
         has, on docker_gwbridge; every node opens it (documented, not run: the routing mesh takes IPVS)
    21j  on `ingress` tasks may not call each other; a task with NET_ADMIN may drop that rule and then opens
         the ports that others publish there
    21k  a task on two overlays forwards between them for those that may set routes, on every release: bridge
         netfilter, which stops that from 28.0, does not see into an overlay
    21l  a service's name means its virtual address, which takes IPVS (documented, not run), or with
         endpoint_mode dnsrr its tasks; tasks.NAME means them always; so do aliases, each with .NETWORK too
    21m  UDP goes where TCP goes: on one overlay, between nodes and on one node; on 28.5.2, where more was
         tried, nowhere else, and by a port of mode `host` from the world and from all of 21c
    21n  `enable_ipv6` opens nothing more. An IPv6 subnet is never allocated: tasks stay `new` (28.5.2), so
         it is refused. Without one each node gives addresses of a prefix of its own, by which tasks of one
         node hear each other as by IPv4 already, and none of another node; 20.10.24 has no such prefix,
         rejects the tasks, and says so
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from topology.graph.parts import Member, Publish, Segment

GATEWAY_BRIDGE: Final = Segment(name="docker_gwbridge", engine_name="docker_gwbridge", icc=False)
"""One bridge on each node that no file names."""
INGRESS: Final = "ingress"
"""The overlay that the routing mesh hands connections on by."""


def needs_gateway_bridge(member: Member, joined: Iterable[Segment]) -> bool:
    """Whether something of it leads out by no network of its own (cases 21c, 21f and 21i)."""
    return publishes_everywhere(member) or any(one.is_overlay and not one.internal for one in joined)


def publishes_everywhere(member: Member) -> bool:
    """Whether one of its ports is open on every node of a Swarm."""
    return any(one.publish is Publish.EVERY_NODE for one in member.bindings)


def task_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of a service with those that mean its tasks one by one (case 21l)."""
    told = tuple(dict.fromkeys(names))
    return (*told, *(f"tasks.{name}" for name in told))
