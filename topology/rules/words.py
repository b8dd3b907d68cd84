"""Routes in sentences: why something is open, where that is said in the file, and how to close it."""

from __future__ import annotations

from msgspec import Struct

from topology.findings import Path, Related
from topology.graph import HOST, Binding, Member, Topology
from topology.graph.doors import ANY_IPV4, ANY_IPV6
from topology.graph.overlay import GATEWAY_BRIDGE, INGRESS
from topology.graph.parts import Publish, is_loopback
from topology.reach import Answer, End, Kind, Route, Verdict, listed, taints
from topology.reach.verdict import range_text

ON_NODES = {Publish.ITS_NODES: "on the nodes that run it", Publish.EVERY_NODE: "on every node"}
"""Where a Swarm opens a port, in a sentence."""


class Ground(Struct, frozen=True, kw_only=True):
    """Why a route is open: a sentence, the place in the file that opens it, what would close it."""

    text: str
    related: Related | None = None
    mend: str = ""


def ground(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    """What the file says that makes this route possible."""
    match route.kind:
        case Kind.DIRECT:
            return _direct(topology, verdict, route)
        case Kind.PUBLISHED | Kind.ROUTED:
            return _published(topology, verdict, route)
        case Kind.HOST:
            return _from_host(topology, verdict, route)
        case Kind.TO_HOST:
            return _to_host(topology, verdict, route)
        case Kind.SAME_STACK:
            return _same_stack(topology, verdict, route)
        case Kind.EXIT:
            return _exit(topology, verdict, route)
        case _:
            return Ground(text=f"{route.doubt or route.text}, so {_can_open(route)}")


def unproved(topology: Topology, verdict: Verdict) -> Ground:
    """Why an answer cannot be given, with the first thing in the file that makes it so."""
    tainted = taints(topology, verdict.source)
    related = (
        Related(message=f"{verdict.source} {tainted[0].text}", path=tainted[0].path) if tainted else None
    )
    mend = "take that away, or leave the claim out" if tainted else ""
    return Ground(text="; ".join(verdict.reasons), related=related, mend=mend)


def _direct(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    network = str(route.network)
    joining = _who_joins(topology, verdict, network)
    text = f"{_stands(topology, verdict.source)}; {_stands(topology, verdict.target)}, so {_can_open(route)}"
    path = topology.holders[joining].joints[network].path
    alone = len(topology.holders[joining].joints) == 1
    mend = "put them on different networks" if alone else "take it out"
    return Ground(text=text, related=Related(message=f"{joining} joins {network}", path=path), mend=mend)


def _who_joins(topology: Topology, verdict: Verdict, network: str) -> str:
    """The end for which the network is one of several: easiest to take out; else the source."""
    source, target = str(verdict.source), str(verdict.target)
    several = [end for end in (source, target) if len(topology.holders[end].joints) > 1]
    return several[0] if several else source


def _stands(topology: Topology, end: End) -> str:
    holder = topology.holders[str(end)]
    networks = listed(list(holder.joints))
    if holder.name == end:
        return f"{end} is on {networks}"
    return f"{end} lives in the network of {holder.name}, on {networks}"


def _published(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    holder = topology.holders[str(verdict.target)]
    binding = next(
        one for one in holder.bindings if one.target == route.port and one.protocol == route.protocol
    )
    on_host = binding.publish is Publish.HOST
    where = _published_where(topology, holder, binding.host_ip) if on_host else ON_NODES[binding.publish]
    return Ground(
        text=f"{holder.name} publishes {route.port} {where}, so {_can_open(route)}",
        related=Related(message=f"{holder.name} publishes {route.port}", path=binding.path),
        mend="publish it on 127.0.0.1 or not at all" if on_host else "do not publish it",
    )


def bound(binding: Binding) -> str:
    """A published port as the file writes it: `127.0.0.1:8080:80/tcp`."""
    host = "" if binding.host_ip is None else f"{binding.host_ip}:"
    ports = "" if binding.host_ports is None else f"{range_text(binding.host_ports)}:"
    return f"{host}{ports}{binding.target}/{binding.protocol}"


def _published_where(topology: Topology, holder: Member, host_ip: str | None) -> str:
    doors = topology.standings[holder.name].doors
    used = host_ip or next((one.addresses[0] for one in doors if one.addresses), "")
    if used in {"", ANY_IPV4, ANY_IPV6}:
        return "on every address of the host"
    return f"on {used}" + (", loopback" if is_loopback(used) else "")


def _from_host(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    if verdict.source is HOST:
        return Ground(
            text=f"programs of the host can open every container on {route.network}, so {_can_open(route)}"
        )
    return Ground(
        text=f"{verdict.source} shares the host's network, which leads to all containers on {route.network}, "
        f"so {_can_open(route)}",
        related=_host_mode(topology, verdict.source),
        mend="give it networks of its own",
    )


def _to_host(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    if verdict.target is HOST:
        return Ground(text=f"every container on {route.network} can open the host's address there")
    return Ground(
        text=f"{verdict.target} shares the host's network, so {_can_open(route)}",
        related=_host_mode(topology, verdict.target),
        mend="give it networks of its own",
    )


def _same_stack(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    ends = (verdict.source, verdict.target)
    lodgers = [end for end in ends if isinstance(end, str) and topology.holders[end].name != end]
    if not lodgers:
        return Ground(text=f"both share the host's network, so {_can_open(route)}")
    path = (*topology.members[lodgers[0]].path, "network_mode")
    return Ground(
        text=f"{verdict.source} and {verdict.target} share one network stack, so {_can_open(route)}",
        related=Related(message=f"{lodgers[0]} joins the other's network stack", path=path),
        mend="give it networks of its own",
    )


def _exit(topology: Topology, verdict: Verdict, route: Route) -> Ground:
    segment = topology.segments.get(str(route.network))
    if route.network == GATEWAY_BRIDGE.name:
        return _beside_overlays(topology, str(verdict.source))
    if segment is None:
        return Ground(text=f"{verdict.source} shares the host's network")
    return Ground(
        text=f"{verdict.source} is on {segment.name}, which is not internal",
        related=Related(message=f"{segment.name} leads beyond the host", path=segment.path),
        mend="make it internal",
    )


def _beside_overlays(topology: Topology, source: str) -> Ground:
    """Out by the node's own bridge, for a network that is not internal or for a port of mode `ingress`."""
    holder = topology.holders[source]
    for name in topology.standings[source].order:
        segment = topology.segments[name]
        if segment.is_overlay and not segment.internal:
            return Ground(
                text=f"{source} is on {name}, which is not internal",
                related=Related(message=f"{name} leads beyond the host", path=segment.path),
                mend="make it internal",
            )
    path = next(one.path for one in holder.bindings if one.publish is Publish.EVERY_NODE)
    return Ground(
        text=f"{source} publishes in mode ingress, which puts it on a network that leads out",
        related=Related(message=f"{source} joins the network {INGRESS}", path=path),
        mend="do not publish it",
    )


def _host_mode(topology: Topology, end: End) -> Related:
    path: Path = (*topology.members[str(end)].path, "network_mode")
    return Related(message=f"{end} shares the host's network", path=path)


def _can_open(route: Route) -> str:
    return f"{route.source} can open {route.opens}"


def opened_by(verdict: Verdict) -> Route | None:
    """The route to show first: the first certain one."""
    return (
        next((one for one in verdict.routes if one.certain), None) if verdict.answer is Answer.YES else None
    )
