"""What the model knows to be unwise whatever the claims say: who is open to too many."""

from __future__ import annotations

from collections.abc import Iterator

from topology.findings import Finding, Path, Severity
from topology.graph import HOST_NETWORK, Door
from topology.graph.build import DEFAULT
from topology.graph.leaving import mounted
from topology.graph.parts import Publish
from topology.images import Role, is_latest
from topology.reach import listed
from topology.rules.case import Case
from topology.rules.words import ON_NODES


def open_stores(case: Case) -> Iterator[Finding]:
    """T201: a data store published on more than the host's loopback."""
    for name in case.services(Role.STORE):
        for door in case.topology.standings[name].doors:
            if door.is_open and case.topology.holders[name].name == name:
                yield Finding(
                    code="T201",
                    severity=Severity.WARNING,
                    message=f"data store {name} is published to everyone",
                    path=door.binding.path,
                    label=f"port {door.binding.target} is open on {_where(door)}, to other containers too",
                    mend=_mend(door),
                )


def _mend(door: Door) -> str:
    instead = "publish it on 127.0.0.1, or not at all" if _is_on_host(door) else "do not publish it"
    return f"{instead}: services on its network need no port"


def _is_on_host(door: Door) -> bool:
    return door.binding.publish is Publish.HOST


def _where(door: Door) -> str:
    if not _is_on_host(door):
        return ON_NODES[door.binding.publish].removeprefix("on ")
    address = door.addresses[0]
    return "every address of the host" if address in {"0.0.0.0", "::"} else address  # noqa: S104  # compared only


def edges_beside_stores(case: Case) -> Iterator[Finding]:
    """T202: an edge proxy on the network of a data store, unless it says that it needs it."""
    edges, stores = case.services(Role.EDGE), case.services(Role.STORE)
    for edge in edges:
        needed = {tie.target for tie in case.topology.members[edge].ties}
        for store in stores:
            common = case.topology.standings[edge].peers & case.topology.standings[store].peers
            if common and store not in needed:
                network = min(common)
                yield Finding(
                    code="T202",
                    severity=Severity.WARNING,
                    message=f"edge proxy {edge} can reach data store {store}",
                    path=case.topology.holders[edge].joints[network].path,
                    label=f"both are on {network}; what breaks into {edge} is at {store} at once",
                    mend=f"put {store} on a network that {edge} is not on",
                )


def default_for_all(case: Case) -> Iterator[Finding]:
    """T203: every service on the network that nobody chose."""
    attached = case.topology.attached.get(DEFAULT, ())
    if len(attached) > 2 and len(attached) == len(case.stack.services):
        yield Finding(
            code="T203",
            severity=Severity.NOTE,
            message=f"all {len(attached)} services are on the default network",
            path=("services",),
            label="each of them can open every port of each other",
            mend="name networks and put on each only those that talk to each other",
        )


def sockets_mounted(case: Case) -> Iterator[Finding]:
    """T204: the Docker socket, or a folder that holds it, inside a container."""
    for name, service in case.stack.services.items():
        for index, why in mounted(case.stack, service):
            yield Finding(
                code="T204",
                severity=Severity.WARNING,
                message=f"{name} {why.partition(' and can')[0].rstrip(',')}",
                path=("services", name, "volumes", index),
                label="it makes a program root on the host and on every network, mounted read-only too",
                mend="put a proxy that lets through only the calls it needs in between",
            )


def privileged(case: Case) -> Iterator[Finding]:
    """T205: a container that is not confined."""
    for name, service in case.stack.services.items():
        if service.privileged:
            yield Finding(
                code="T205",
                severity=Severity.WARNING,
                message=f"{name} is privileged",
                path=("services", name, "privileged"),
                label="it can enter any network of the host, so nothing is proved about what it cannot reach",
                mend="name the capabilities it needs with cap_add",
            )


def host_networked(case: Case) -> Iterator[Finding]:
    """T206: a container without a network stack of its own."""
    for name, member in case.topology.members.items():
        for taint in member.taints:
            if taint.text == HOST_NETWORK:
                yield Finding(
                    code="T206",
                    severity=Severity.WARNING,
                    message=f"{name} {HOST_NETWORK}",
                    path=taint.path,
                    label="it reaches every container, and every container with a network reaches it",
                    mend="give it networks of its own and publish its ports",
                )


def latest_images(case: Case) -> Iterator[Finding]:
    """T207: an image that is another one tomorrow."""
    for name, service in case.stack.services.items():
        if service.image and not service.build and is_latest(service.image):
            yield Finding(
                code="T207",
                severity=Severity.NOTE,
                message=f"{name} runs whatever {service.image} is at the time",
                path=("services", name, "image"),
                label="names no version",
                mend="name a version, or a digest",
            )


def dropped_ports(case: Case) -> Iterator[Finding]:
    """T208: ports that the engine accepts and never opens (cases 5j, 8f, 15f and 17d).

    Beside a `network_mode` that has none, the file's reader says so already.
    """
    for name, member in case.topology.members.items():
        standing = case.topology.standings[name]
        if member.bindings and standing.order and not standing.doors:
            yield Finding(
                code="T208",
                severity=Severity.WARNING,
                message=f"{name} publishes ports that will not be open",
                path=member.bindings[0].path,
                label=_why_dropped(case, name),
                mend=f"put {name} on a network that is not internal as well, or take the ports out",
            )


def _why_dropped(case: Case, name: str) -> str:
    standing = case.topology.standings[name]
    if standing.gateway:
        return f"its gateway network {standing.gateway} is no bridge, and the engine says nothing"
    return f"it is only on internal networks ({listed(standing.order)}), and the engine says nothing"


def captured_names(case: Case) -> Iterator[Finding]:
    """T209: an alias or hostname that is another service's name on a network of both (cases 12b and 18f)."""
    for name, other, network, path in _shared_names(case):
        if name in case.stack.services:
            yield Finding(
                code="T209",
                severity=Severity.WARNING,
                message=f"{other} answers to {name} on {network}, which is a service of its own",
                path=path,
                label=f"who asks for {name} there gets one or the other, by turns",
                mend="choose another alias or hostname",
            )


def shared_aliases(case: Case) -> Iterator[Finding]:
    """T210: one name for several services: connections are spread over them (case 12a)."""
    seen = set()
    for name, other, network, path in _shared_names(case):
        if name not in case.stack.services and (name, network) not in seen:
            seen.add((name, network))
            holders = sorted(case.topology.called[network][name])
            yield Finding(
                code="T210",
                severity=Severity.NOTE,
                message=f"{listed(holders)} share the name {name} on {network}",
                path=path,
                label=f"connections to {name} are spread over them",
                mend=f"take it from {other} if that is not meant",
            )


def _shared_names(case: Case) -> Iterator[tuple[str, str, str, Path]]:
    """Names with several holders: the name, who took it, the network, the place where it is given."""
    for network, called in case.topology.called.items():
        suffix = f".{case.topology.segments[network].engine_name}".lower()
        for name, holders in called.items():
            if len(holders) > 1 and not name.endswith(suffix):
                for other in sorted(holders - {name}):
                    yield name, other, network, _where_named(case, other, network, name)


def _where_named(case: Case, service: str, network: str, name: str) -> Path:
    member = case.topology.members[service]
    if member.hostname and member.hostname.lower() == name:
        return (*member.path, "hostname")
    return member.joints[network].path


def hostname_traps(case: Case) -> Iterator[Finding]:
    """T211: a container that finds itself, or a fixed address, under a peer's name (cases 18g and 18h)."""
    for name, member in case.topology.members.items():
        own = {member.hostname.lower(): "hostname"} if member.hostname else {}
        own |= {host.lower(): "extra_hosts" for host in member.hosts}
        for taken in sorted(one for one in own if _is_peer(case, name, one)):
            yield Finding(
                code="T211",
                severity=Severity.WARNING,
                message=f"{name} cannot find {taken}: its own {own[taken]} says {taken} is something else",
                path=(*member.path, own[taken]),
                label=f"/etc/hosts wins over the network's names, so {taken} is never asked for",
                mend=f"take {taken} out of {own[taken]}",
            )


def _is_peer(case: Case, name: str, other: str) -> bool:
    """Another service on a common network."""
    members = case.topology.members
    return (
        other != name
        and other in members
        and not members[name].joints.keys().isdisjoint(members[other].joints)
    )


def host_processes(case: Case) -> Iterator[Finding]:
    """T212: a container that sees the processes of the host."""
    for name, service in case.stack.services.items():
        if service.pid == "host":
            yield Finding(
                code="T212",
                severity=Severity.WARNING,
                message=f"{name} sees all processes of the host",
                path=("services", name, "pid"),
                label="their environments too, which is where others keep their secrets",
                mend="take pid out, or name a service: pid: service:NAME",
            )
