"""The suggestion: a stack with the networks that its needs ask for, and what they cannot do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network

from msgspec import Struct

from topology.graph import Mode, Topology, topology_of
from topology.models import Attachment, Ipam, Network, Service, Stack, Subnet
from topology.reach import Group, Kind, listed, pairs
from topology.rules import Score, score
from topology.rules.needs import Needs, needs_of
from topology.subnets import allotted, pool_of
from topology.suggest.layout import Layout, Net, layout

_NO_HOST = re.compile(
    r"(user(name)?|database|db|name|password|schema|id|role|prefix|namespace)$", re.IGNORECASE
)
"""Variables whose value is no host, though it may be spelt like one."""

_OWN = frozenset({"com.docker.network.bridge.name", "com.docker.network.bridge.enable_icc"})
"""Options that a new network does not take over: a device's name is one network's, and its members talk."""


class Stay(Struct, frozen=True, kw_only=True):
    """Pairs that reach each other without need whatever the networks are, and why."""

    why: str
    pairs: tuple[tuple[str, str], ...]


class Reverse(Struct, frozen=True, kw_only=True):
    """A need that opens the way back too; only an ambassador between the two takes that away."""

    client: str
    server: str
    port: int | None = None


class Suspected(Struct, frozen=True, kw_only=True):
    """A pair that nobody asked for, though `source` is told of `target`: in a variable or its command."""

    source: str
    target: str
    where: str


class Suggestion(Struct, frozen=True, kw_only=True):
    """What to write, and what comes of it."""

    stack: Stack
    needs: Needs
    layout: Layout
    subnets: Mapping[str, IPv4Network]
    before: Score
    after: Score
    stays: tuple[Stay, ...]
    reverses: tuple[Reverse, ...]
    suspected: tuple[Suspected, ...] = ()
    notes: tuple[str, ...] = ()


def suggest(stack: Stack, *, pool: IPv4Network | None = None, subnets: bool = True) -> Suggestion | None:
    """The networks that open exactly what services need; None where no service says what it needs.

    New networks get subnets from `pool`, or from a range of the stack's own, unless there are to be none,
    or it is a Swarm: how many addresses an overlay takes depends on the nodes.
    """
    topology = topology_of(stack)
    needs = needs_of(topology)
    if not needs.wanted:
        return None
    found = layout(topology)
    counted = subnets and topology.driver == "bridge"
    blocks = _blocks(stack, found, pool or pool_of(stack.name)) if counted else {}
    made = _changed(stack, topology, found, blocks)
    after = topology_of(made)
    return Suggestion(
        stack=made,
        needs=needs,
        layout=found,
        subnets=blocks,
        before=score(topology),
        after=score(after),
        stays=tuple(_stays(after)),
        reverses=tuple(_reverses(after)),
        suspected=tuple(one for one in mentions(stack, topology) if not _meet(after, one.source, one.target)),
        notes=(*_notes(stack, found), *_moved_ports(topology, after)),
    )


def _blocks(stack: Stack, found: Layout, pool: IPv4Network) -> dict[str, IPv4Network]:
    """Room for every replica of each member, and for one more that takes its place."""
    sizes = {
        net.name: sum(stack.services[name].replicas + 1 for name in net.members)
        for net in found.nets
        if not net.kept
    }
    return allotted(sizes, pool, _taken(stack, found))


def _taken(stack: Stack, found: Layout) -> Iterator[IPv4Network]:
    for name, network in stack.networks.items():
        for block in network.ipam.config if network.ipam and name not in found.gone else ():
            parsed = ip_network(block.subnet, strict=False) if block.subnet else None
            if isinstance(parsed, IPv4Network):
                yield parsed


def _changed(stack: Stack, topology: Topology, found: Layout, blocks: Mapping[str, IPv4Network]) -> Stack:
    services = {
        name: _moved(topology, service, name, found) if name in found.joins else service
        for name, service in stack.services.items()
    }
    networks = {name: one for name, one in stack.networks.items() if name not in found.gone}
    for net in found.nets:
        if not net.kept:
            options = _inherited(stack, topology, net)
            networks[net.name] = _network(net, blocks.get(net.name), options)
    return stack.model_copy(update={"services": services, "networks": networks})


def _network(net: Net, block: IPv4Network | None, options: dict[str, str]) -> Network:
    ipam = Ipam(config=(Subnet(subnet=str(block)),)) if block else None
    return Network(internal=net.internal, ipam=ipam, driver_opts=options)


def _inherited(stack: Stack, topology: Topology, net: Net) -> dict[str, str]:
    """The options of the network that a new one takes the place of, first of one that carries ports.

    They decide, for example, on which address of the host a port opens.
    """
    members = [topology.members[name] for name in net.members]
    carrying = [topology.standings[one.name].gateway for one in members if one.bindings]
    joined = Counter(network for one in members for network in one.joints)
    for network in (*carrying, *(name for name, _ in joined.most_common())):
        if network not in stack.networks:
            continue
        segment, options = topology.segments[network], stack.networks[network].driver_opts
        if segment.driver == topology.driver and not segment.inhibit_ipv4:
            return {name: value for name, value in options.items() if name not in _OWN}
    return {}


def _moved(topology: Topology, service: Service, name: str, found: Layout) -> Service:
    """The service on its networks, where those who knew it by an alias find it by the same."""
    joins = found.joins[name]
    if tuple(topology.members[name].joints) == joins:
        return service
    fellows = {net.name: net.members for net in found.nets}
    networks = {}
    for network in joins:
        here = service.networks.get(network, Attachment())
        others = [one for one in fellows.get(network, ()) if one != name]
        known = [
            one
            for old, one in service.networks.items()
            if any(_parted_on(topology, found, old, name, other) for other in others)
        ]
        aliases = dict.fromkeys([*here.aliases, *(alias for one in known for alias in one.aliases)])
        networks[network] = here.model_copy(update={"aliases": tuple(aliases)})
    return service.model_copy(update={"networks": networks, "network_mode": None})


def _parted_on(topology: Topology, found: Layout, network: str, one: str, other: str) -> bool:
    """Two that were on a network of which at least one is not any more."""
    stay = all(network in found.joins.get(each, ()) for each in (one, other))
    return not stay and other in topology.attached[network]


def _stays(topology: Topology) -> Iterator[Stay]:
    """Every pair that reaches each other though neither asked for it, by what keeps it open."""
    needs = needs_of(topology)
    told: set[tuple[str, str]] = set()
    found: dict[str, list[tuple[str, str]]] = {}
    for group in sorted(pairs(topology).groups, key=lambda one: list(Kind).index(one.kind)):
        for pair in _unasked(topology, needs, group):
            if pair not in told:
                told.add(pair)
                found.setdefault(_why(topology, group, *pair), []).append(pair)
    for why, these in found.items():
        yield Stay(why=why, pairs=tuple(these))


def _unasked(topology: Topology, needs: Needs, group: Group) -> Iterator[tuple[str, str]]:
    holders = topology.holders
    for source in group.sources:
        for target in group.targets:
            pair = holders[source].name, holders[target].name
            if source != target and pair not in needs.wanted and pair[::-1] not in needs.wanted:
                yield source, target


def _why(topology: Topology, group: Group, source: str, target: str) -> str:
    match group.kind:
        case Kind.SAME_STACK if topology.members[source].mode is Mode.HOST:
            return "they share the host's network"
        case Kind.SAME_STACK:
            return f"they share the network stack of {topology.holders[target].name}"
        case Kind.PUBLISHED | Kind.ROUTED:
            return f"{topology.holders[target].name} publishes a port, which is open to everyone"
        case Kind.HOST:
            return f"{source} shares the host's network"
        case Kind.TO_HOST:
            return f"{target} shares the host's network"
        case Kind.IPV6:
            return "before engine 27.0 networks with IPv6 are open to each other"
        case _:
            return _on_fixed(topology, str(group.network), source, target)


def _on_fixed(topology: Topology, network: str, source: str, target: str) -> str:
    if topology.holders[source].name == topology.holders[target].name:
        return f"they share the network stack of {topology.holders[target].name}"
    segment = topology.segments[network]
    what = "external" if segment.external else f"of driver {segment.driver}"
    return f"they are on {network}, which is {what}: who else depends on it is not known here"


def _reverses(topology: Topology) -> Iterator[Reverse]:
    wanted = needs_of(topology).wanted
    ports = {(name, tie.target): tie.port for name, one in topology.members.items() for tie in one.ties}
    for source, target in sorted(wanted):
        if source != target and (target, source) not in wanted and _meet(topology, source, target):
            yield Reverse(client=source, server=target, port=ports.get((source, target)))


def _meet(topology: Topology, one: str, other: str) -> bool:
    known = one in topology.members and other in topology.members
    return known and not topology.standings[one].peers.isdisjoint(topology.standings[other].peers)


def mentions(stack: Stack, topology: Topology) -> Iterator[Suspected]:
    """Pairs without a need, though the source's environment or command names the target as a host."""
    wanted = needs_of(topology).wanted
    for source, service in stack.services.items():
        told = [(name, value) for name, value in service.environment.items() if not _NO_HOST.search(name)]
        told.append(("command", " ".join(service.command or ())))
        for target in _meeting(topology, source):
            pair = topology.holders[source].name, topology.holders[target].name
            if pair in wanted or pair[::-1] in wanted:
                continue
            names = "|".join(map(re.escape, topology.members[target].names))
            calls = re.compile(rf"(?:^|[/@,=\s])(?:{names})(?::\d+|/|,|\s|$)")
            if where := next((name for name, value in told if calls.search(value)), None):
                yield Suspected(source=source, target=target, where=where)


def _meeting(topology: Topology, source: str) -> Iterator[str]:
    """The others that it reaches over a network."""
    return (name for name in topology.members if name != source and _meet(topology, source, name))


def _notes(stack: Stack, found: Layout) -> Iterator[str]:
    """What a network had that its successors do not have."""
    for name in found.gone:
        network = stack.networks.get(name)
        if network and network.enable_ipv6:
            yield f"{name} had IPv6; the networks that take its place have none until they are given it"
    for name, joins in found.joins.items():
        for left, one in stack.services[name].networks.items():
            address = one.ipv4_address or one.ipv6_address
            if address and left not in joins:
                yield f"{name} had the address {address} on {left}; give it another where that is needed"


def _moved_ports(before: Topology, after: Topology) -> Iterator[str]:
    """Published ports that open elsewhere, because another network has become the gateway."""
    for name in before.members:
        old, new = before.standings[name], after.standings[name]
        if old.doors != new.doors and before.holders[name].name == name:
            opened = listed(sorted({address for door in new.doors for address in door.addresses}))
            yield f"what {name} publishes will be open on {opened or 'no address'} by way of {new.gateway}"
