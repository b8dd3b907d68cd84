"""Services: the names under which services find each other, and what is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from topology.export.kubernetes import portsets
from topology.export.kubernetes.case import PART_OF, Case, Object, Pod, made, said
from topology.export.kubernetes.grants import Grants, known
from topology.export.kubernetes.kinds import Kind, kind_of
from topology.export.kubernetes.names import is_label
from topology.export.kubernetes.notes import OTHERWISE, UNSAID
from topology.export.kubernetes.portsets import NONE, Ports
from topology.export.kubernetes.together import mark, own_names, published_name, together
from topology.findings import Path
from topology.load.defaults import names
from topology.models import Port

Called = Mapping[str, tuple[str, ...]]
"""The further names of services."""


def services(case: Case, grants: Grants, pod: Pod, called: Called) -> Iterator[Object]:
    """What leads to a pod: its services' names, their further names, its published ports."""
    for name in pod.members:
        ports = _ports(case, grants, name)
        stateful = name == pod.holder and kind_of(case, pod) is Kind.STATEFUL_SET
        if ports is None and not stateful:
            continue
        yield _internal(case, pod, name, case.names[name], ports or NONE)
        for alias in called.get(name, ()):
            yield _internal(case, pod, name, alias, ports or NONE)
    for alias, several in together(case).items():
        if case.pod_of(several[0]) == pod:
            yield from _common(case, grants, alias, several)
    yield from _published(case, grants, pod)


def _common(case: Case, grants: Grants, alias: str, several: tuple[str, ...]) -> Iterator[Object]:
    """One name for the pods of several services."""
    known_ports = [found for name in several if (found := _ports(case, grants, name)) is not None]
    if known_ports:
        kinds = {kind_of(case, case.pod_of(name)) for name in several}
        by_tasks = any(case.service(name).endpoint_mode == "dnsrr" for name in several)
        ports = portsets.union(*known_ports)
        listed = [] if portsets.has_ranges(ports) else portsets.singles(ports)
        headless = not listed or by_tasks or Kind.STATEFUL_SET in kinds
        yield _service(
            alias, {PART_OF: case.part_of}, mark(alias) | {PART_OF: case.part_of}, listed, headless
        )


def aliases(case: Case) -> Called:
    """The further names of services, as far as they can be names of Services and mean one service each."""
    found: dict[str, str] = {}
    own = own_names(case)
    shared = together(case)
    for alias, target, path in _aliases(case):
        if case.names[target] == alias or found.get(alias) == target:
            continue
        if target in shared.get(alias, ()) and path[-1] == "aliases":
            continue
        if not is_label(alias):
            case.notes.warn(UNSAID, f"no Service can be called {alias}, as {target} is here", path)
        elif alias in shared:
            message = f"{alias} is {target} here, and in Kubernetes {', '.join(shared[alias])} together"
            case.notes.warn(OTHERWISE, message, path, mend="give one of them another name")
        elif other := own.get(alias) or found.get(alias):
            message = f"{alias} is {target} here and {other} elsewhere: in Kubernetes it is {other} alone"
            case.notes.warn(OTHERWISE, message, path, mend="give one of them another name")
        else:
            found[alias] = target
    by_service: dict[str, tuple[str, ...]] = {}
    for alias, target in found.items():
        by_service[target] = (*by_service.get(target, ()), alias)
    return by_service


def renamed(case: Case) -> None:
    """Tells which services are called otherwise than in the file."""
    for name, given in case.names.items():
        if name != given:
            message = f"{name} is called {given}: no Service can be called {name}"
            mend = f"peers that open {name} must open {given}"
            case.notes.warn(OTHERWISE, message, ("services", name), mend=mend)


def _aliases(case: Case) -> Iterator[tuple[str, str, Path]]:
    for name, service in case.stack.services.items():
        path: Path = ("services", name)
        for index, link in enumerate(service.links):
            if link.service in case.names:
                yield _dns(case, link.alias, link.service), link.service, (*path, "links", index)
        suffixed = names(case.stack, name) if case.stack.dns else ()
        for network, joined in service.networks.items():
            for alias in joined.aliases:
                if alias not in suffixed:
                    yield alias.lower(), name, (*path, "networks", network, "aliases")
        for field, said_name in (("container_name", service.container_name), ("hostname", service.hostname)):
            if said_name and said_name != name:
                yield said_name.lower(), name, (*path, field)


def _dns(case: Case, alias: str, target: str) -> str:
    """A link that calls a service by its own name means the name it has here."""
    return case.names[target] if alias == target else alias.lower()


def _ports(case: Case, grants: Grants, name: str) -> Ports | None:
    """Where a service is to be reached by name; None where nobody asks for that."""
    exposed = portsets.of((one.port, one.protocol) for one in case.service(name).expose)
    if name not in grants.at:
        return exposed or None
    return portsets.union(grants.at[name], exposed)


def _internal(case: Case, pod: Pod, name: str, called: str, ports: Ports) -> Object:
    """A name and the ports behind it. A name without known ports leads to the pods themselves."""
    listed = portsets.singles(ports)
    if portsets.has_ranges(ports):
        listed = portsets.singles(known(case, name))
    headless = (
        not listed
        or portsets.has_ranges(ports)
        or case.service(name).endpoint_mode == "dnsrr"
        or kind_of(case, pod) is Kind.STATEFUL_SET
    )
    return _service(called, case.labels(pod), case.labels(pod), listed, headless)


def _service(
    called: str,
    labels: Mapping[str, str],
    selector: Mapping[str, str],
    ports: Iterable[tuple[int, str]],
    headless: bool,
) -> Object:
    return made(
        "v1",
        "Service",
        {"name": called, "labels": dict(labels)},
        spec=said(
            clusterIP="None" if headless else None,
            selector=dict(selector),
            ports=[_port(port, port, protocol) for port, protocol in ports],
        ),
    )


def _port(
    port: int, target: int, protocol: str, port_name: str | None = None, app: str | None = None
) -> Object:
    usable = port_name if port_name and is_label(port_name) else f"{protocol}-{port}"
    return said(name=usable, port=port, targetPort=target, protocol=protocol.upper(), appProtocol=app)


def _published(case: Case, grants: Grants, pod: Pod) -> Iterator[Object]:
    """One Service for what is open to the world; ports of one host stay with its containers."""
    opened = grants.from_world.get(pod.holder, NONE)
    ports = [
        port
        for port in case.service(pod.holder).ports
        if portsets.common(opened, portsets.single(port.target, port.protocol)) and port.mode != "host"
    ]
    if not ports:
        return
    balanced = any(port.published for port in ports)
    yield made(
        "v1",
        "Service",
        {"name": published_name(case, pod), "labels": case.labels(pod)},
        spec={
            "type": "LoadBalancer" if balanced else "NodePort",
            "selector": case.labels(pod),
            "ports": list(_outside(ports)),
        },
    )


def _outside(ports: Iterable[Port]) -> Iterator[Object]:
    """Each published port once; the first that is called by a name has it."""
    seen: set[tuple[int, str]] = set()
    names: set[str] = set()
    for port in ports:
        outside = port.published[0] if port.published else port.target
        if (outside, port.protocol) not in seen:
            seen.add((outside, port.protocol))
            free = port.name if port.name not in names else None
            names |= {port.name} if port.name else set()
            yield _port(outside, port.target, port.protocol, free, port.app_protocol)


def tell_published(case: Case, grants: Grants) -> None:
    """What of a published port comes out otherwise."""
    for name, service in case.stack.services.items():
        opened = grants.from_world.get(name, NONE)
        outside: dict[tuple[int, str], int] = {}
        for index, port in enumerate(service.ports):
            path: Path = ("services", name, "ports", index)
            if not portsets.common(opened, portsets.single(port.target, port.protocol)):
                continue
            if port.published and port.published[0] != port.published[1]:
                message = f"of the host ports of {name} only the first is taken: {port.published[0]}"
                case.notes.note(OTHERWISE, message, path)
            binding = case.topology.members[name].bindings[index]
            if binding.host_ip and port.mode != "host":
                message = f"{name} is published on {port.host_ip} alone, and in Kubernetes on every address"
                case.notes.warn(OTHERWISE, message, path)
            if port.published:
                taken = outside.setdefault((port.published[0], port.protocol), port.target)
                if taken != port.target:
                    message = f"host port {port.published[0]} of {name} leads to {taken} alone"
                    case.notes.warn(OTHERWISE, message, path)
