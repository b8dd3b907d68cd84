"""Stack → Topology."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from topology.findings import Path
from topology.graph.engine import NEWEST, Assumptions, Engine
from topology.graph.leaving import capabilities, containers, service_called, taints
from topology.graph.overlay import task_names
from topology.graph.parts import (
    BRIDGE,
    Binding,
    Joint,
    Member,
    Mode,
    Publish,
    Segment,
    Tie,
    first_address,
)
from topology.graph.sharing import shared_things
from topology.graph.world import Topology
from topology.models import Attachment, Network, Policy, Service, Stack, Subnet
from topology.peers import listening
from topology.relay import relay
from topology.structs import replace

DEFAULT = "default"
"""The network of services that name none, as in Compose."""
OPTION = "com.docker.network.bridge."
INTERFACE_SYSCTLS = "com.docker.network.endpoint.sysctls"
_SWARM_MODES = {"host": Publish.ITS_NODES, "ingress": Publish.EVERY_NODE}
OWN_MODES = {"host": Mode.HOST, "none": Mode.NONE}


class BridgeOptions(TypedDict):
    """The fields of a segment that come from the engine's own bridge options."""

    icc: bool
    inhibit_ipv4: bool
    gateway_mode: str
    gateway_mode_ipv6: str
    host_binding_ipv4: str | None
    trusts_interfaces: bool


def topology_of(stack: Stack) -> Topology:
    """The static picture of a stack. Networks that nothing describes count as ordinary bridges."""
    members = {name: _member(stack, name, service) for name, service in stack.services.items()}
    used = {network for member in members.values() for network in member.joints}
    described = {**{name: Network() for name in sorted(used - {BRIDGE})}, **stack.networks}
    segments = {name: segment(stack, name, network) for name, network in described.items()}
    if BRIDGE in used and BRIDGE not in segments:
        segments[BRIDGE] = Segment(name=BRIDGE, engine_name=BRIDGE)
    members, segments = _each_once(members, segments)
    return Topology(
        members=members, segments=segments, assumptions=assumptions(stack.policy), driver=_driver(stack)
    )


def _each_once(
    members: dict[str, Member], segments: dict[str, Segment]
) -> tuple[dict[str, Member], dict[str, Segment]]:
    """Several keys of the file may mean one network of the engine's: the first stands for all."""
    keys: dict[str, str] = {}
    for name, segment in segments.items():
        keys.setdefault(segment.engine_name, name)
    if len(keys) == len(segments):
        return members, segments
    first = {name: keys[segment.engine_name] for name, segment in segments.items()}
    moved = {
        name: replace(one, joints={first[network]: joint for network, joint in one.joints.items()})
        for name, one in members.items()
    }
    return moved, {name: segments[name] for name in keys.values()}


def assumptions(policy: Policy) -> Assumptions:
    """What the stack says to assume; an engine that is no version counts as the newest."""
    engine = Engine.parse(policy.assume.engine) if policy.assume.engine else None
    return Assumptions(
        engine=engine or NEWEST,
        userland_proxy=policy.assume.userland_proxy,
        bridge_netfilter=policy.assume.bridge_netfilter,
    )


def is_swarm(stack: Stack) -> bool:
    """Whether its services are a Swarm's, with overlays where nothing else is said."""
    return stack.engine == "swarm"


def _driver(stack: Stack) -> str:
    return "overlay" if is_swarm(stack) else "bridge"


def segment(stack: Stack, name: str, network: Network) -> Segment:
    """A network of a stack, with the driver options that decide who reaches whom."""
    subnet = _ipv4_subnet(network)
    options = network.driver_opts
    block = subnet.subnet if subnet else None
    return Segment(
        name=name,
        engine_name=network.name or (name if network.external else f"{stack.name}_{name}"),
        driver=network.driver or _driver(stack),
        internal=network.internal,
        ipv6=network.enable_ipv6,
        subnet=block,
        gateway=(subnet.gateway or first_address(block, subnet.ip_range)) if subnet else None,
        external=network.external,
        encrypted="encrypted" in options,
        has_parent="parent" in options or network.external,
        path=("networks", name),
        **bridge_options(options),
    )


def bridge_options(options: Mapping[str, str]) -> BridgeOptions:
    """The engine's own bridge options in the fields of a segment."""
    return {
        "icc": options.get(f"{OPTION}enable_icc", "true").lower() not in {"false", "0", "f"},
        "inhibit_ipv4": options.get(f"{OPTION}inhibit_ipv4", "false").lower() in {"true", "1", "t"},
        "gateway_mode": options.get(f"{OPTION}gateway_mode_ipv4", "nat"),
        "gateway_mode_ipv6": options.get(f"{OPTION}gateway_mode_ipv6", "nat"),
        "host_binding_ipv4": options.get(f"{OPTION}host_binding_ipv4"),
        "trusts_interfaces": bool(options.get(f"{OPTION}trusted_host_interfaces")),
    }


def wakes_interface(options: Mapping[str, str]) -> bool:
    """Whether an attachment's options switch IPv6 on for its interface: one of them holds sysctls."""
    each = (one.partition("=") for one in options.get(INTERFACE_SYSCTLS, "").split(","))
    return any(_wakes_ipv6(key.strip(), value.strip()) for key, _, value in each)


def _ipv4_subnet(network: Network) -> Subnet | None:
    blocks = network.ipam.config if network.ipam else ()
    return next((block for block in blocks if block.subnet and ":" not in block.subnet), None)


def _member(stack: Stack, name: str, service: Service) -> Member:
    path: Path = ("services", name)
    mode, shares, joints = _network(stack, name, service)
    return Member(
        name=name,
        replicas=service.replicas,
        virtual=is_swarm(stack) and service.endpoint_mode != "dnsrr",
        mode=mode,
        shares=shares,
        joints=joints,
        bindings=_bindings(service, path, swarm=is_swarm(stack)),
        ports=listening(name, service),
        names=_names(stack, name, service),
        containers=() if is_swarm(stack) else containers(stack, name),
        hostname=service.hostname,
        hosts=_hosts(service),
        ties=tuple(_ties(service, path, swarm=is_swarm(stack))),
        waits_for=tuple(service.depends_on),
        capabilities=capabilities(service),
        wakes_ipv6=any(_wakes_ipv6(key, value) for key, value in service.sysctls.items()),
        shares_with=tuple(shared_things(stack, name, service)),
        taints=tuple(taints(stack, name, service, mode)),
        labels=service.labels,
        image=service.image,
        relay=relay(service.entrypoint, service.command),
        path=path,
    )


def _network(stack: Stack, name: str, service: Service) -> tuple[Mode, str | None, dict[str, Joint]]:
    """Mode, the member whose stack is shared, and attachments: from `network_mode` or `networks`."""
    match (service.network_mode or "").split(":", 1):
        case ["host" | "none" as own]:
            return OWN_MODES[own], None, {}
        case ["service", other]:
            return Mode.SHARED, other, {}
        case ["container", other]:
            known = service_called(stack, other)
            return Mode.SHARED if known else Mode.UNKNOWN, known, {}
        case ["" | "default" | "bridge" as own] if own or not service.networks:
            joined = BRIDGE if own else DEFAULT
            return Mode.NETWORKS, None, {joined: Joint(path=("services", name))}
        case [network] if network:
            return (
                Mode.NETWORKS,
                None,
                {_key_of(stack, network): Joint(path=("services", name, "network_mode"))},
            )
        case _:
            return _joined(stack, name, service.networks)


def _joined(
    stack: Stack, name: str, networks: Mapping[str, Attachment]
) -> tuple[Mode, str | None, dict[str, Joint]]:
    """Attachments by key; an external network that the engine calls `host` or `none` is that mode."""
    for key in networks:
        own = (
            stack.networks[key].name or key if key in stack.networks and stack.networks[key].external else ""
        )
        if own in OWN_MODES:
            return OWN_MODES[own], None, {}
    swarm = is_swarm(stack)
    return Mode.NETWORKS, None, {key: _joint(name, key, one, swarm=swarm) for key, one in networks.items()}


def _joint(service: str, network: str, attachment: Attachment, *, swarm: bool) -> Joint:
    addresses = (attachment.ipv4_address, attachment.ipv6_address)
    return Joint(
        aliases=task_names(attachment.aliases) if swarm else attachment.aliases,
        addresses=tuple(address for address in addresses if address),
        gw_priority=attachment.gw_priority or 0,
        wakes_ipv6=wakes_interface(attachment.driver_opts),
        path=("services", service, "networks", network),
    )


def _key_of(stack: Stack, network: str) -> str:
    return next((key for key, one in stack.networks.items() if one.name == network), network)


def _bindings(service: Service, path: Path, *, swarm: bool) -> tuple[Binding, ...]:
    return tuple(
        Binding(
            target=port.target,
            protocol=port.protocol,
            host_ip=None if swarm else port.host_ip,
            host_ports=port.published,
            publish=_SWARM_MODES[port.mode] if swarm else Publish.HOST,
            path=(*path, "ports", index),
        )
        for index, port in enumerate(service.ports)
    )


def _names(stack: Stack, name: str, service: Service) -> tuple[str, ...]:
    """What the file says that peers call it (cases 1a to 1e, 18f and 21l), its own name first."""
    if is_swarm(stack):
        own = (service.hostname,) if service.hostname else ()
        return (*task_names((name, f"{stack.name}_{name}")), *own)
    given = (name, service.container_name, service.hostname)
    return tuple(dict.fromkeys(one for one in given if one))


def _hosts(service: Service) -> dict[str, str]:
    """`extra_hosts` as name → address, both `name:address` and `name=address`."""
    found = {}
    for entry in service.extra_hosts:
        name, _, address = entry.partition("=") if "=" in entry else entry.partition(":")
        found[name] = address
    return found


def _ties(service: Service, path: Path, *, swarm: bool) -> Iterator[Tie]:
    """Links. A Swarm gives no names to one service alone."""
    for index, link in enumerate(service.links):
        alias = link.service if swarm else link.alias
        yield Tie(target=link.service, alias=alias, port=link.port, path=(*path, "links", index))


def _wakes_ipv6(key: str, value: str | None) -> bool:
    """Docker switches IPv6 off where a network has none; this switches it on again (case 16g)."""
    return key.startswith("net.ipv6.conf.") and key.endswith(".disable_ipv6") and str(value) == "0"
