"""Two stacks → one picture of what was added, taken away and changed from the first to the second."""

from __future__ import annotations

from collections.abc import Iterator

from cli.picturing.picturing import pictured
from cli.report.graph import Graph, NetworkNode, ServiceNode
from cli.report.picture import Change, Flow, Picture, Thing
from cli.report.reaching import reachability
from cli.revision import Source
from cli.world import World
from topology.graph import topology_of
from topology.structs import replace


def compared(old: Source, new: Source, world: World, *, asking: bool = False) -> Picture:
    """The new stack with what it no longer has beside it; reach, excess and answers are the new one's."""
    before, after = pictured(old.loaded, world), pictured(new.loaded, world, asking=asking)
    changes, details = {}, {}
    for thing, change, detail in changes_between(before.graph, after.graph):
        changes[thing] = change
        details[thing] = detail
    return replace(
        after,
        graph=both(before.graph, after.graph),
        flows=tuple(flows_between(before.flows, after.flows)),
        taints={**before.taints, **after.taints},
        changes=changes,
        details={thing: detail for thing, detail in details.items() if detail},
        reachability=reachability(topology_of(old.loaded.stack), topology_of(new.loaded.stack)),
        old=old.name,
        new=new.name,
    )


Changed = tuple[Thing, Change, str]


def changes_between(old: Graph, new: Graph) -> Iterator[Changed]:
    """What came, went, and is another now; how, if it is another."""
    before, after = _things(old), _things(new)
    for thing in before.keys() | after.keys():
        if thing not in before:
            yield thing, Change.ADDED, ""
        elif thing not in after:
            yield thing, Change.REMOVED, ""
        elif before[thing] != after[thing]:
            yield thing, Change.CHANGED, f"{before[thing]} → {after[thing]}"


def _things(graph: Graph) -> dict[Thing, str]:
    """Everything that may come, go or change, with what it is."""
    found: dict[Thing, str] = {}
    for network in graph.networks:
        internal = ", internal" if network.internal else ""
        found["network", network.name] = f"{network.driver}{internal} {network.subnet or ''}".rstrip()
    for service in graph.services:
        found["service", service.name] = f"{service.image or 'built'} x{service.replicas}"
        found |= {("joint", service.name, name): "" for name in service.networks}
        found |= {("port", service.name, port.text): "" for port in service.ports}
    return found


def both(old: Graph, new: Graph) -> Graph:
    """What either has. What is gone stands after what is left."""
    names = frozenset(one.name for one in new.services)
    networks = {one.name: one for one in new.networks}
    gone_networks = (one for one in old.networks if one.name not in networks)
    gone_services = (one for one in old.services if one.name not in names)
    before = {one.name: one for one in old.services}
    return replace(
        new,
        networks=(*_on(new.networks, old), *gone_networks),
        services=(*(_with(one, before.get(one.name), names) for one in new.services), *gone_services),
    )


def _on(networks: tuple[NetworkNode, ...], old: Graph) -> Iterator[NetworkNode]:
    """Networks with those that have left them."""
    before = {one.name: one.services for one in old.networks}
    for network in networks:
        yield replace(
            network, services=tuple(dict.fromkeys([*network.services, *before.get(network.name, ())]))
        )


def _with(service: ServiceNode, before: ServiceNode | None, names: frozenset[str]) -> ServiceNode:
    """A service with what it has left."""
    if before is None:
        return service
    ports = {port.text: port for port in (*service.ports, *before.ports)}
    return replace(
        service,
        networks=tuple(dict.fromkeys([*service.networks, *before.networks])),
        lodgers=(*service.lodgers, *(name for name in before.lodgers if name not in names)),
        ports=tuple(ports.values()),
    )


def flows_between(old: tuple[Flow, ...], new: tuple[Flow, ...]) -> Iterator[Flow]:
    """The pairs of either side, marked where the other has none."""
    before, after = set(map(_pair, old)), set(map(_pair, new))
    for flow in new:
        yield flow if _pair(flow) in before else replace(flow, change=Change.ADDED)
    for flow in old:
        if _pair(flow) not in after and not flow.both:
            yield replace(flow, change=Change.REMOVED)


def _pair(flow: Flow) -> tuple[object, ...]:
    return flow.sort, flow.source, flow.target, flow.network
