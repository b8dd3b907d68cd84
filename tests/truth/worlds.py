"""Random stacks that an engine can run: what the rules of reach speak about, in few names and few values."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st
from msgspec import Struct

from topology.models import Assume, Attachment, Ipam, Link, Network, Policy, Port, Service, Stack, Subnet

OPTION = "com.docker.network.bridge."
PORTS = (4780, 4790)
NETWORKS = ("n1", "n2", "n3")
SERVICES = ("a", "b", "c", "d", "e", "f")
WORDS = ("web", "db", "a", "b")
"""Names that collide: two that nobody has by himself, two that are services."""


class Site(Struct, frozen=True, kw_only=True):
    """Where a stack lives on an engine that others use too: its name, its address blocks, its host ports."""

    stack: str
    engine: str
    block: int
    ports: Iterator[int]

    def subnet(self, number: int) -> str:
        return f"10.64.{self.block + number}.0/24"

    def gateway(self, number: int) -> str:
        return f"10.64.{self.block + number}.1"


def site(stack: str, engine: str) -> Site:
    """Ports lie below what kernels give to connections and above what other tests take."""
    block, first = secrets.randbelow(250), 30_000 + secrets.randbelow(2_500)
    return Site(stack=stack, engine=engine, block=block, ports=itertools.count(first))


@st.composite
def stacks(draw: st.DrawFn, at: Site) -> Stack:
    """A stack of three to six services on up to three networks."""
    networks = {name: draw(_networks(at, number)) for number, name in enumerate(NETWORKS)}
    services: dict[str, Service] = {}
    for name in SERVICES[: draw(st.integers(3, len(SERVICES)))]:
        services[name] = draw(_services(at, networks, services))
    return Stack(
        name=at.stack,
        services=services,
        networks=networks,
        policy=Policy(assume=Assume(engine=at.engine)),
    )


@st.composite
def _networks(draw: st.DrawFn, at: Site, number: int) -> Network:
    options = {}
    if draw(_one_in(4)):
        options[f"{OPTION}enable_icc"] = "false"
    if draw(_one_in(6)):
        options[f"{OPTION}inhibit_ipv4"] = "true"
    if draw(_one_in(10)):
        options[f"{OPTION}host_binding_ipv4"] = "127.0.0.1"
    internal = draw(_one_in(3))
    if draw(_one_in(5)):
        modes = ("isolated",) if internal else ("routed", "nat-unprotected")
        options[f"{OPTION}gateway_mode_ipv4"] = draw(st.sampled_from(modes))
    return Network(
        internal=internal,
        driver_opts=options,
        ipam=Ipam(config=(Subnet(subnet=at.subnet(number)),)),
    )


@st.composite
def _services(
    draw: st.DrawFn, at: Site, networks: Mapping[str, Network], before: Mapping[str, Service]
) -> Service:
    mode = draw(st.sampled_from((None,) * 8 + ("bridge", "host", "none", "shared")))
    plain = {"image": "busybox:latest", "command": ("sleep", "1000"), "stop_signal": "SIGKILL"}
    if mode == "shared":
        others = [name for name, one in before.items() if one.replicas == 1]
        other = draw(st.sampled_from(others)) if others else None
        return Service(network_mode=f"service:{other}" if other else None, **_lonely(other), **plain)
    if mode in {"host", "none"}:
        return Service(network_mode=mode, **plain)
    replicas = 2 if draw(_one_in(4)) else 1
    own = {"replicas": replicas, "ports": draw(_ports(at, networks, replicas)), **plain}
    if mode == "bridge":
        return Service(network_mode=mode, **own)
    hostname = draw(st.sampled_from(WORDS)) if draw(_one_in(8)) else None
    hosts = (f"{draw(st.sampled_from(WORDS))}:10.64.255.254",) if draw(_one_in(10)) else ()
    return Service(
        networks=draw(_attachments()), links=draw(_links(before)), hostname=hostname, extra_hosts=hosts, **own
    )


def _lonely(other: str | None) -> dict[str, object]:
    """What a service needs that has nobody to share with."""
    return {} if other else {"networks": {NETWORKS[0]: Attachment()}}


@st.composite
def _attachments(draw: st.DrawFn) -> dict[str, Attachment]:
    joined = draw(st.lists(st.sampled_from(NETWORKS), min_size=1, max_size=3, unique=True))
    found = {}
    for name in joined:
        aliases = tuple(draw(st.lists(st.sampled_from(WORDS), max_size=2, unique=True)))
        priority = draw(st.sampled_from((1, 2))) if draw(_one_in(8)) else None
        found[name] = Attachment(aliases=aliases if draw(_one_in(3)) else (), gw_priority=priority)
    return found


@st.composite
def _links(draw: st.DrawFn, before: Mapping[str, Service]) -> tuple[Link, ...]:
    named = [name for name, one in before.items() if one.network_mode is None]
    if not named or not draw(_one_in(5)):
        return ()
    return (Link(service=draw(st.sampled_from(named)), alias=draw(st.sampled_from(WORDS))),)


@st.composite
def _ports(draw: st.DrawFn, at: Site, networks: Mapping[str, Network], replicas: int) -> tuple[Port, ...]:
    gateways = [
        at.gateway(number)
        for number, one in enumerate(networks.values())
        if f"{OPTION}inhibit_ipv4" not in one.driver_opts and "isolated" not in one.driver_opts.values()
    ]
    found = []
    for target in draw(st.lists(st.sampled_from(PORTS), max_size=2, unique=True)):
        address = draw(st.sampled_from((None, None, None, "127.0.0.1", *gateways[:2])))
        first = next(at.ports)
        for _ in range(replicas - 1):
            last = next(at.ports)
        published = None if draw(_one_in(8)) else (first, last if replicas > 1 else first)
        found.append(Port(target=target, host_ip=address, published=published))
    return tuple(found)


def _one_in(count: int) -> st.SearchStrategy[bool]:
    return st.integers(1, count).map(lambda drawn: drawn == count)
