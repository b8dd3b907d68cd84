"""Statements that exclude each other: network modes, replicas, host ports, container names."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping

from topology import units
from topology.codes import CONFLICT, NOT_USED, WRONG_VALUE
from topology.findings import Finding, Path, Related
from topology.load.references.reading import Reading
from topology.load.words import error, quoted, warning
from topology.models import Port, Service, Stack

_MODES = frozenset(("bridge", "default", "host", "none"))


def modes(reading: Reading) -> Iterator[Finding]:
    """`network_mode` where it is no mode, or beside what it rules out."""
    for name, service in reading.stack.services.items():
        if service.network_mode is not None:
            yield from _mode(name, service, service.network_mode)
        if len(service.networks) > 1:
            yield from _alone(name, service, reading.stack)


def _mode(name: str, service: Service, mode: str) -> Iterator[Finding]:
    here: Path = ("services", name, "network_mode")
    kind, colon, of = mode.partition(":")
    if mode not in _MODES and not (kind in ("service", "container") and colon and of):
        wanted = "must be host, none, bridge, service:NAME or container:NAME"
        mend = 'to join a network, list it below "networks:"'
        yield error(
            WRONG_VALUE, f"network_mode of service {name} {wanted}, not {quoted(mode)}", here, mend=mend
        )
        return
    related = (Related(message=f"network_mode is {mode}", path=here),)
    if service.networks:
        message = f"service {name} has a network_mode and networks"
        path = ("services", name, "networks")
        yield error(CONFLICT, message, path, mend="keep one of the two", related=related)
    if mode in ("bridge", "default"):
        return
    if service.links:
        message = f"service {name} has links, which network_mode {mode} rules out"
        yield error(CONFLICT, message, ("services", name, "links"), mend="take them out", related=related)
    if service.ports:
        yield _ports_beside(name, mode, kind, related)


def _alone(name: str, service: Service, stack: Stack) -> Iterator[Finding]:
    """The engine's own networks `host` and `none`, which nobody is on with others (cases 8f and 10b)."""
    for key in service.networks:
        network = stack.networks.get(key)
        own = (network.name or key) if network and network.external else ""
        if own in ("host", "none"):
            message = f"service {name} joins other networks beside {quoted(key)}, which is the engine's {own}"
            path: Path = ("services", name, "networks", key)
            yield error(CONFLICT, message, path, mend="take the one or the others out")


def _ports_beside(name: str, mode: str, kind: str, related: tuple[Related, ...]) -> Finding:
    path: Path = ("services", name, "ports")
    if kind in ("service", "container"):
        message = f"service {name} publishes ports, which network_mode {mode} rules out"
        return error(CONFLICT, message, path, mend="publish them where the network belongs", related=related)
    label = "it listens on the host as it is" if kind == "host" else "it has no network"
    message = f"the ports of service {name} do nothing with network_mode {mode}"
    return warning(NOT_USED, message, path, label=label, mend="take them out")


def replicas(reading: Reading) -> Iterator[Finding]:
    """What only one container can have, on a service with several."""
    for name, service in reading.stack.services.items():
        if service.replicas > 1:
            yield from _unique(name, service)
            if not reading.cluster:
                yield from _narrow(name, service)


def _unique(name: str, service: Service) -> Iterator[Finding]:
    count = service.replicas
    here: Path = ("services", name)
    many = (Related(message=f"{count} replicas are asked for", path=(*here, "replicas")),)
    if service.container_name is not None:
        message = f"service {name} has {count} replicas and one container_name"
        yield error(CONFLICT, message, (*here, "container_name"), mend="take the name out", related=many)
    for network, attachment in service.networks.items():
        for field in ("ipv4_address", "ipv6_address"):
            address = getattr(attachment, field)
            if address is not None:
                message = f"service {name} has {count} replicas and one address, {address}"
                path = (*here, "networks", network, field)
                yield error(
                    CONFLICT, message, path, mend="take the address out; the name reaches all", related=many
                )


def _narrow(name: str, service: Service) -> Iterator[Finding]:
    """Ports of one host that are fewer than the replicas."""
    count = service.replicas
    here: Path = ("services", name)
    many = (Related(message=f"{count} replicas are asked for", path=(*here, "replicas")),)
    for index, port in enumerate(service.ports):
        if port.published is not None and port.published[1] - port.published[0] + 1 < count:
            yield _too_few(name, count, port, (*here, "ports", index), many)


def _too_few(name: str, count: int, port: Port, path: Path, many: tuple[Related, ...]) -> Finding:
    first, last = port.published or (0, 0)
    has = f"host port {first}" if first == last else f"host ports {units.show_range((first, last))}"
    wider = f"{units.show_range((first, first + count - 1))}:{port.target}"
    return error(
        CONFLICT,
        f"service {name} has {count} replicas and only {has}",
        path,
        label=f"one host port serves one of the {count}",
        mend=f'publish a range ("{wider}") or any free port ("{port.target}"), or put a proxy in front',
        related=many,
    )


def host_ports(reading: Reading) -> Iterator[Finding]:
    """Two services that want one port of the host."""
    taken: dict[tuple[str, int, int], dict[str | None, tuple[Port, Path]]] = defaultdict(dict)
    for name, service in reading.stack.services.items():
        if service.network_mode in ("host", "none"):
            continue
        for index, port in enumerate(service.ports):
            if port.published is None or port.published[0] != port.published[1]:
                continue
            path: Path = ("services", name, "ports", index)
            versions, address = _bound(port.host_ip)
            holders = [taken[port.protocol, port.published[0], version] for version in versions]
            other = next((there for held in holders for there in _holder(held, address)), None)
            if other is not None and not (other[0] == port and other[1][1] == name):
                yield _claimed_twice(port, other[1], path)
            for held in holders:
                held.setdefault(address, (port, path))


def _bound(host_ip: str | None) -> tuple[tuple[int, ...], str | None]:
    """The versions of IP that a port is bound in, and the address, None being all of them."""
    if host_ip is None:
        return (4, 6), None
    address = ipaddress.ip_address(host_ip)
    return (address.version,), None if address.is_unspecified else host_ip


def _holder(held: Mapping[str | None, tuple[Port, Path]], address: str | None) -> Iterator[tuple[Port, Path]]:
    """Who is in the way of a port at `address`: the same address, all of them, or any if it wants all."""
    yield from (held[known] for known in (address, None) if known in held)
    if address is None:
        yield from held.values()


def _claimed_twice(port: Port, other: Path, path: Path) -> Finding:
    number = port.published[0] if port.published else 0
    if other[1] == path[1]:
        says = f"service {path[1]} publishes host port {number}/{port.protocol} twice"
    else:
        says = f"services {other[1]} and {path[1]} both publish host port {number}/{port.protocol}"
    return error(
        CONFLICT,
        says,
        path,
        label="the host has it once",
        mend="publish one of them on another port",
        related=(Related(message=f"{other[1]} publishes it", path=other),),
    )


def container_names(reading: Reading) -> Iterator[Finding]:
    """Two services that want one container name."""
    taken: dict[str, str] = {}
    for name, service in reading.stack.services.items():
        given = service.container_name
        if given is None:
            continue
        if given in taken:
            path: Path = ("services", taken[given], "container_name")
            yield error(
                CONFLICT,
                f"services {taken[given]} and {name} both want the container name {quoted(given)}",
                ("services", name, "container_name"),
                mend="rename one of them",
                related=(Related(message=f"{taken[given]} has it", path=path),),
            )
        taken.setdefault(given, name)
