"""What runs, against what the file says: who is there unasked, and what is not as topo made it."""

from __future__ import annotations

from collections.abc import Iterator

from topology.findings import Finding, Path, Severity
from topology.graph import Binding, Running
from topology.graph.doors import ANY_IPV4, ANY_IPV6
from topology.reach import listed
from topology.rules.case import Case
from topology.rules.words import bound

_OPTIONS = {
    "driver": "driver",
    "internal": "internal",
    "ipv6": "enable_ipv6",
    "icc": "enable_icc",
    "inhibit_ipv4": "inhibit_ipv4",
    "gateway_mode": "gateway_mode_ipv4",
    "gateway_mode_ipv6": "gateway_mode_ipv6",
    "host_binding_ipv4": "host_binding_ipv4",
}
"""What decides who reaches whom: the field of a segment, and its word in the file or in the options."""


def strangers(case: Case) -> Iterator[Finding]:
    """T401: containers that are not the stack's on its networks or in its network stacks."""
    running = case.running
    if running is None:
        return
    for name in running.strangers:
        holder = running.whole.holders[name].name
        if holder in running.own.members:
            yield _lodger(name, holder)
            continue
        joined = [one for one in running.whole.members[name].joints if one in running.said.segments]
        for network in joined:
            yield _stranger(running, name, network)


def _lodger(name: str, holder: str) -> Finding:
    return Finding(
        code="T401",
        severity=Severity.ERROR,
        message=f"foreign container {name} lives in the network stack of {holder}",
        path=("services", holder),
        label=f"it reaches all that {holder} reaches, its 127.0.0.1 too",
        mend=f"remove it, or make it a service of the stack: docker inspect {name} shows what it is",
    )


def _stranger(running: Running, name: str, network: str) -> Finding:
    """A network that the file calls external is there for others as well."""
    segment = running.said.segments[network]
    there = [one for one in running.whole.attached[network] if one in running.own.members]
    ways = f"it can open every port of {listed(there)}" if there else f"nobody of the stack is on {network}"
    doors = [one.binding for one in running.whole.standings[name].doors if one.is_open]
    inside = f", and publishes {listed([bound(one) for one in doors])}" if doors else ""
    is_service = name in running.services
    leave = f"docker service update --network-rm {segment.engine_name} {name}"
    return Finding(
        code="T401",
        severity=Severity.NOTE if segment.external else Severity.ERROR,
        message=f"foreign {'service' if is_service else 'container'} {name} has joined {network}",
        path=segment.path or ("networks", network),
        label=ways + inside,
        mend=(leave if is_service else f"docker network disconnect {segment.engine_name} {name}")
        + ", or make it a service of the stack",
    )


def attachments(case: Case) -> Iterator[Finding]:
    """T402: networks that a container is on and should not be, or the other way round."""
    running = case.running
    if running is None:
        return
    for one in running.containers:
        said = running.said.members[one.service]
        for network in sorted(one.member.joints.keys() - said.joints.keys()):
            yield Finding(
                code="T402",
                severity=Severity.ERROR,
                message=f"{one.container} is on {network}, which the file does not say",
                path=("services", one.service, "networks"),
                label=f"{one.service} belongs on {listed(list(said.joints)) or 'no network'}",
                mend="topo apply takes it off again",
            )
        for network in sorted(said.joints.keys() - one.member.joints.keys()):
            yield Finding(
                code="T402",
                severity=Severity.ERROR,
                message=f"{one.container} is not on {network}",
                path=said.joints[network].path or ("services", one.service),
                label=f"it is on {listed(list(one.member.joints)) or 'no network'}",
                mend="topo apply connects it again",
            )


def lost_aliases(case: Case) -> Iterator[Finding]:
    """T403: names that peers call a container by, and that no longer lead to it."""
    running = case.running
    if running is None:
        return
    for one in running.containers:
        joints = running.said.members[one.service].joints
        for network in sorted(joints.keys() & one.member.joints.keys()):
            segment = case.topology.segments[network]
            wanted = (one.service, *joints[network].aliases) if segment.has_names else ()
            own = {one.container, one.member.hostname, *one.member.joints[network].aliases}
            lost = sorted(set(wanted) - own)
            if lost:
                yield Finding(
                    code="T403",
                    severity=Severity.ERROR,
                    message=f"{one.container} has lost the name {listed(lost)} on {network}",
                    path=joints[network].path or ("services", one.service),
                    label=f"peers on {network} that look for it do not find it",
                    mend="topo apply joins it again under all its names",
                )


def foreign_ports(case: Case) -> Iterator[Finding]:
    """T404: ports of the host that somebody else holds, or that the file does not know."""
    running = case.running
    if running is None:
        return
    yield from _held_by_others(running)
    for one in running.containers:
        said = running.said.members[one.service]
        known = {(each.target, each.protocol) for each in said.bindings}
        for each in one.member.bindings:
            if (each.target, each.protocol) not in known:
                yield Finding(
                    code="T404",
                    severity=Severity.ERROR,
                    message=f"{one.container} publishes {bound(each)}, which the file does not say",
                    path=("services", one.service),
                    label="whoever reaches the host reaches it there",
                    mend="topo apply replaces it by one that does not",
                )


def _held_by_others(running: Running) -> Iterator[Finding]:
    for name, member in running.said.members.items():
        for binding in member.bindings:
            for other in running.publishers:
                if any(_meet(binding, theirs) for theirs in other.bindings):
                    yield Finding(
                        code="T404",
                        severity=Severity.ERROR,
                        message=f"port {bound(binding)} of {name} is held by {other.container}",
                        path=binding.path,
                        label=f"who opens it gets {other.container}, which is not of the stack",
                        mend=f"stop {other.container}, or publish another port",
                    )


def _meet(one: Binding, other: Binding) -> bool:
    """Whether both ask for one port of one address of the host."""
    if one.protocol != other.protocol or one.host_ports is None or other.host_ports is None:
        return False
    everywhere = {None, ANY_IPV4, ANY_IPV6}
    apart = one.host_ip != other.host_ip and everywhere.isdisjoint({one.host_ip, other.host_ip})
    return not apart and one.host_ports[0] <= other.host_ports[1] and other.host_ports[0] <= one.host_ports[1]


def stranded(case: Case) -> Iterator[Finding]:
    """T405: containers in a network stack that died with the container that held it."""
    for name, why in (case.running.stranded if case.running else {}).items():
        path: Path = ("services", name, "network_mode") if name in case.stack.services else ()
        yield Finding(
            code="T405",
            severity=Severity.ERROR,
            message=f"{name} lives in a dead network stack",
            path=path,
            label=f"{why}; it reaches nobody and nobody reaches it",
            mend="restart it",
        )


def remade(case: Case) -> Iterator[Finding]:
    """T406: networks that are not those that topo made."""
    for name, why in (case.running.remade if case.running else {}).items():
        yield Finding(
            code="T406",
            severity=Severity.ERROR,
            message=f"{name} was made anew by somebody else",
            path=("networks", name),
            label=why,
            mend="remove it once nobody is on it, then topo apply makes it again",
        )


def unmakable(case: Case) -> Iterator[Finding]:
    """T412: overlays, where the engine that was asked manages no Swarm."""
    for name in case.running.unmakable if case.running else ():
        yield Finding(
            code="T412",
            severity=Severity.ERROR,
            message=f"network {name} spans the hosts of a Swarm, and this engine manages none",
            path=("networks", name, "driver"),
            label="the engine refuses to make it",
            mend="take the driver out: on one host a bridge does; or make a Swarm of it: docker swarm init",
        )


def other_options(case: Case) -> Iterator[Finding]:
    """T407: networks that open or close other ways than the file says."""
    running = case.running
    if running is None:
        return
    for name, said in running.said.segments.items():
        there = running.whole.segments.get(name)
        if there is None or said.external:
            continue
        for option, word in _OPTIONS.items():
            wanted, found = getattr(said, option), getattr(there, option)
            if wanted != found:
                yield Finding(
                    code="T407",
                    severity=Severity.ERROR,
                    message=f"{name} runs with {word} {_worded(found)}, not {_worded(wanted)}",
                    path=("networks", name),
                    label="so other connections are open on it than the file says",
                    mend="topo plan shows what it takes to make it again",
                )


def _worded(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "unset")


def unseen(case: Case) -> Iterator[Finding]:
    """T411: nodes whose engines nobody asked: a manager tells of tasks alone."""
    if nodes := case.running.unseen if case.running else ():
        yield Finding(
            code="T411",
            severity=Severity.NOTE,
            message=f"containers beside the tasks are not known on {listed(nodes)}",
            path=("services",),
            label="any that joined a network of the stack there counts for nothing here",
            mend="give a way to each node's engine with --node URL",
        )


def idle(case: Case) -> Iterator[Finding]:
    """T408: services of which fewer containers run than the file says."""
    for name, why in (case.running.idle if case.running else {}).items():
        yield Finding(
            code="T408",
            severity=Severity.WARNING,
            message=f"{name} does not run as the file says",
            path=("services", name),
            label=why,
            mend="topo plan shows what it takes, topo status how they are",
        )
