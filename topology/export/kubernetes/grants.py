"""Who may open connections to whom: what links and claims ask for, and no more than the networks allow.

A link is a need, and so is a claim that something can be reached; a network that is shared without a need
grants nothing. Where no service has a link, the file does not say what it needs: then networks grant what
they allow. A claim that something cannot be reached takes away in every case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from msgspec import Struct, field

from topology.claims import ClaimError, Form, parse
from topology.export.kubernetes import portsets
from topology.export.kubernetes.case import Case, Pod
from topology.export.kubernetes.notes import CLOSED, OTHERWISE
from topology.export.kubernetes.portsets import ALL, NONE, Ports
from topology.findings import Path
from topology.graph import WORLD, Binding, Place
from topology.peers import listening, ports_behind
from topology.reach import End, Kind, named, reach
from topology.rules.judge import spoken_of
from topology.suggest import mentions


class Grants(Struct, frozen=True, kw_only=True):
    """What policies open, by the services that hold the pods; `at` is where each service is reached.

    `by_networks`: no service says what it needs, so that networks decide.
    """

    between: Mapping[tuple[str, str], Ports]
    from_world: Mapping[str, Ports]
    to_world: Mapping[str, Ports]
    at: Mapping[str, Ports]
    by_networks: bool = False


class Need(Struct, frozen=True, kw_only=True):
    """One pair that somebody asked for, and where."""

    source: End
    target: End
    ports: Ports
    path: Path


class _Opened(Struct):
    """Grants as they add up."""

    between: dict[tuple[str, str], Ports] = field(default_factory=dict)
    to_world: dict[str, Ports] = field(default_factory=dict)
    at: dict[str, Ports] = field(default_factory=dict)

    def open(self, case: Case, source: str, target: str, ports: Ports) -> None:
        self.at[target] = portsets.union(self.at.get(target, NONE), ports)
        pair = case.holder(source), case.holder(target)
        if ports and (pair[0] != pair[1] or source == target):
            self.between[pair] = portsets.union(self.between.get(pair, NONE), ports)


def grants_of(case: Case) -> Grants:
    """What the policies of a stack open; what is asked for and not opened becomes a note."""
    denied = _denied(case)
    opened = _Opened()
    by_networks = not any(service.links for service in case.stack.services.values())
    for need in _needs(case):
        _meet(case, need, denied, opened)
    if by_networks:
        _by_networks(case, denied, opened)
    else:
        _tell_weak(case, opened)
        _tell_mentions(case, opened)
    _tell_claims(case, denied)
    return Grants(
        between=opened.between,
        from_world=dict(_from_world(case, denied)),
        to_world=opened.to_world,
        at=opened.at,
        by_networks=by_networks,
    )


def known(case: Case, name: str) -> Ports:
    """The ports that a service is known to listen on."""
    return portsets.of(listening(name, case.service(name)))


def _needs(case: Case) -> Iterator[Need]:
    for name, service in case.stack.services.items():
        for index, link in enumerate(service.links):
            if link.service in case.stack.services:
                path: Path = ("services", name, "links", index)
                ports = portsets.of(ports_behind(link, case.stack.services)) or ALL
                if link.port is None:
                    _tell_guess(case, name, link.service, path)
                yield Need(source=name, target=link.service, ports=ports, path=path)
    for index, text in enumerate(case.stack.policy.claims):
        if _form(text) is Form.CAN:
            yield from _asserted(case, text, ("policy", "claims", index))


def _asserted(case: Case, text: str, path: Path) -> Iterator[Need]:
    for source, target, port in spoken_of(case.topology, text):
        if port is not None:
            ports = portsets.single(port.number, port.protocol)
        else:
            ports = (known(case, target) or ALL) if isinstance(target, str) else ALL
        yield Need(source=source, target=target, ports=ports, path=path)


def _form(text: str) -> Form | None:
    with suppress(ClaimError):
        return parse(text).form
    return None


def _meet(case: Case, need: Need, denied: Mapping[tuple[End, End], Ports], opened: _Opened) -> None:
    """Opens what is asked for where Docker's networks let it through and no claim forbids it."""
    source, target = need.source, need.target
    if target is WORLD and isinstance(source, str):
        _out(case, need, denied, opened)
    if not (isinstance(source, str) and isinstance(target, str)):
        return
    if host := next((name for name in (source, target) if case.pod_of(name).on_host), None):
        message = f"{host} is on the node's own network, where no policy tells it apart: {source} to {target}"
        case.notes.warn(CLOSED, f"{message} is not granted", need.path)
        return
    passing = _passing(case, source, target, need.ports)
    if not passing:
        message = f"{source} cannot reach {target} on Docker either, so it is not granted"
        case.notes.warn(CLOSED, message, need.path, mend="topo explain says why")
        return
    left = portsets.without(passing, _taken(case, denied, source, target))
    if left != passing:
        message = f"a claim forbids what is asked for here: {source} to {target} is not granted"
        case.notes.warn(CLOSED, message, need.path, mend="take one of the two out")
    opened.open(case, source, target, left)


def _out(case: Case, need: Need, denied: Mapping[tuple[End, End], Ports], opened: _Opened) -> None:
    """The way out to the world."""
    name = str(need.source)
    holder = case.holder(name)
    if not _leads(case, name, WORLD):
        message = f"{name} cannot reach the world on Docker either, so it is not granted"
        case.notes.warn(CLOSED, message, need.path)
        return
    left = portsets.without(need.ports, _taken(case, denied, name, WORLD))
    opened.to_world[holder] = portsets.union(opened.to_world.get(holder, NONE), left)


def _passing(case: Case, source: str, target: str, ports: Ports) -> Ports:
    """The ports of these that the topology lets through."""
    if source == target:
        return ports
    found = NONE
    for protocol, low, high in ports:
        port = low if low == high else None
        if _leads(case, source, target, port, protocol):
            found = (*found, (protocol, low, high))
    return found


def _leads(case: Case, source: End, target: End, port: int | None = None, protocol: str = "tcp") -> bool:
    """Whether there is a route, be it doubtful; what a container could do to the engine is none."""
    return bool(reach(case.topology, source, target, port, protocol).routes)


def _taken(case: Case, denied: Mapping[tuple[End, End], Ports], source: End, target: End) -> Ports:
    return denied.get((_stack_of(case, source), _stack_of(case, target)), NONE)


def _stack_of(case: Case, end: End) -> End:
    return case.holder(end) if isinstance(end, str) else end


def _denied(case: Case) -> Mapping[tuple[End, End], Ports]:
    """What claims forbid, by network stacks."""
    found: dict[tuple[End, End], Ports] = {}
    for text in case.stack.policy.claims:
        if _form(text) in {None, Form.CAN}:
            continue
        for source, target, port in spoken_of(case.topology, text):
            pair = _stack_of(case, source), _stack_of(case, target)
            ports = portsets.single(port.number, port.protocol) if port else ALL
            if pair[0] != pair[1]:
                found[pair] = portsets.union(found.get(pair, NONE), ports)
    return found


def _by_networks(case: Case, denied: Mapping[tuple[End, End], Ports], opened: _Opened) -> None:
    """Everything that common networks allow, and the ways out that they have."""
    for source, target in _neighbours(case):
        taken = _taken(case, denied, source.holder, target.holder)
        if left := portsets.without(ALL, taken):
            opened.between[source.holder, target.holder] = left
    for reached in dict.fromkeys(target for _, target in opened.between):
        for name in case.pods[reached].members:
            opened.at[name] = portsets.union(known(case, name), opened.at.get(name, NONE))
    for pod in case.pods.values():
        if not pod.on_host and _leads(case, pod.holder, WORLD):
            left = portsets.without(ALL, _taken(case, denied, pod.holder, WORLD))
            opened.to_world[pod.holder] = left


def _neighbours(case: Case) -> Iterator[tuple[Pod, Pod]]:
    """Pairs of pods on a common network whose members may talk; a pod with itself where it has replicas."""
    standings = case.topology.standings
    for source in case.pods.values():
        for target in case.pods.values():
            common = standings[source.holder].peers & standings[target.holder].peers
            if common and (source is not target or is_several(case, source)):
                yield source, target


def is_several(case: Case, pod: Pod) -> bool:
    """Whether more than one replica of a pod may run."""
    service = case.service(pod.holder)
    return service.is_everywhere or service.replicas > 1


def _from_world(case: Case, denied: Mapping[tuple[End, End], Ports]) -> Iterator[tuple[str, Ports]]:
    """The published ports that are open beyond the host, unless a claim forbids it."""
    for pod in case.pods.values():
        if pod.on_host:
            continue
        ports = NONE
        for binding in case.topology.members[pod.holder].bindings:
            one = portsets.single(binding.target, binding.protocol)
            if not _is_published(case, pod, binding):
                message = f"port {binding.target} of {pod.holder} is not open beyond the host"
                mend = "kubectl port-forward opens it on one machine"
                case.notes.note(CLOSED, f"{message}, so it is not published", binding.path, mend=mend)
            elif portsets.common(one, _taken(case, denied, WORLD, pod.holder)):
                message = f"a claim forbids what is published here: port {binding.target} of {pod.holder}"
                case.notes.warn(
                    CLOSED, f"{message} is not open", binding.path, mend="take one of the two out"
                )
            else:
                ports = portsets.union(ports, one)
        if ports:
            yield pod.holder, ports


def _is_published(case: Case, pod: Pod, binding: Binding) -> bool:
    """Whether a port is open to the world because it is published, and not by some neglect of an engine's."""
    found = reach(case.topology, WORLD, pod.holder, binding.target, binding.protocol)
    return any(route.kind is Kind.PUBLISHED for route in found.routes)


def _tell_guess(case: Case, source: str, target: str, path: Path) -> None:
    """Which ports a link without one means is a guess where only published ones are known."""
    service = case.service(target)
    found = known(case, target)
    if not found:
        message = f"nothing says what {target} listens on, so {source} may open any port of it"
        case.notes.note(OTHERWISE, message, path, mend=f"{{service: {target}, port: NUMBER}} says it")
    elif not service.expose and found == portsets.of((one.target, one.protocol) for one in service.ports):
        message = f"of {target} only published ports are known: {source} may open {portsets.told(found)}"
        case.notes.note(
            OTHERWISE, message, path, mend=f"expose, or {{service: {target}, port: NUMBER}}, says more"
        )


def _tell_weak(case: Case, opened: _Opened) -> None:
    """Waiting for a peer is no need, though it often comes with one."""
    for name, service in case.stack.services.items():
        for other in service.depends_on:
            pair = case.holder(name), case.holder(other) if other in case.stack.services else other
            if other in case.awaited or pair in opened.between or pair[0] == pair[1]:
                continue
            if other in case.stack.services and _leads(case, name, other):
                message = f"{name} waits for {other} but has no link to it, so it may not reach it"
                path: Path = ("services", name, "depends_on", other)
                case.notes.warn(CLOSED, message, path, mend=f"links: [{other}] opens it")
    cut = [
        pod.holder
        for pod in case.pods.values()
        if pod.holder not in opened.to_world and not pod.on_host and _leads(case, pod.holder, WORLD)
    ]
    if cut:
        message = f"nothing says that these need the world, so they cannot reach it: {', '.join(cut)}"
        mend = f'the claim "{cut[0]} can reach world" opens it'
        case.notes.warn(CLOSED, message, ("services",), mend=mend)


def _tell_mentions(case: Case, opened: _Opened) -> None:
    """Peers that a service is told of in a variable or its command, and that it has no link to."""
    for one in mentions(case.stack, case.topology):
        if (case.holder(one.source), case.holder(one.target)) not in opened.between:
            message = f"{one.source} names {one.target} in {one.where} but has no link to it"
            path: Path = ("services", one.source)
            mend = f"if it opens connections to it, say so: links: [{one.target}]"
            case.notes.warn(CLOSED, message, path, mend=mend)


def _tell_claims(case: Case, denied: Mapping[tuple[End, End], Ports]) -> None:
    """What no policy can promise: a node reaches its own pods, and pods of the node's network go anywhere."""
    hosts = [pod.holder for pod in case.pods.values() if pod.on_host]
    unkept = {
        (source, target)
        for source, target in denied
        if Place.HOST in {source, target} or source in hosts or target in hosts
    }
    for source, target in sorted(unkept, key=lambda pair: (named(pair[0]), named(pair[1]))):
        message = (
            f"no policy keeps {named(source)} from {named(target)}: it does not govern the node's network"
        )
        case.notes.warn(OTHERWISE, message, ("policy", "claims"))
