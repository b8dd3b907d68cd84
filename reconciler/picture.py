"""What is wanted and what is there, as pictures of the same kind: who is attached to what.

Both are drawn from specs by the same code, so that nothing but a real difference shows between them: the
reachability that a plan gains and loses is the difference of two of these pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from reconciler.address import Kind
from reconciler.fields import mounts, ports
from reconciler.state import Desired, Granularity, Observed, Spec, Status, Traits
from topology.graph import (
    HOST_NETWORK,
    NEWEST,
    Assumptions,
    Binding,
    Engine,
    Joint,
    Member,
    Mode,
    Segment,
    Taint,
    Tie,
    Topology,
    bridge_options,
    mount_taint,
    process_taint,
    wakes_interface,
)
from topology.graph.overlay import task_names
from topology.graph.parts import Publish
from topology.relay import Relay, relay
from topology.structs import replace

_MODES: Final = {"host": Mode.HOST, "none": Mode.NONE}


class Seen(Struct, frozen=True, kw_only=True):
    """One container, wanted or there: its service, its name and its spec."""

    service: str
    name: str
    spec: Spec


def wanted(desired: Desired, traits: Traits) -> Topology:
    """The picture once everything is as the stack says."""
    seen = [
        Seen(service=unit.address.name, name=unit.name, spec=unit.spec) for unit in desired.units.values()
    ]
    networks = {want.name: (want.address.name, want.spec) for want in desired.networks.values()}
    return drawn(seen, networks, traits)


def present(desired: Desired, observed: Observed) -> Topology:
    """The picture as it is now, of this stack's containers in whatever state they are."""
    seen = [Seen(service=unit.address.name, name=unit.name, spec=unit.spec) for unit in observed.units]
    keys = {want.name: want.address.name for want in desired.networks.values()}
    networks = {
        live.name: (keys.get(live.name) or (live.address.name if live.address else live.name), live.spec)
        for live in observed.networks
    }
    return drawn(seen, networks, observed.traits)


def running(desired: Desired, observed: Observed) -> Topology:
    """The picture of what runs now; a container that does not run has no names and no addresses (rule 23)."""
    there = tuple(unit for unit in observed.units if unit.status in {Status.RUNNING, Status.PAUSED})
    return present(desired, replace(observed, units=there))


def drawn(seen: Iterable[Seen], networks: Mapping[str, tuple[str, Spec]], traits: Traits) -> Topology:
    """The picture of these containers; `networks` has the key and the spec of each by the engine's name."""
    by_service: dict[str, list[Seen]] = {}
    for one in seen:
        by_service.setdefault(one.service, []).append(one)
    names = frozenset(by_service)
    used = {name for one in by_service.values() for each in one for name in each.spec.get("networks", {})}
    segments = [_segment(name, *networks.get(name, (name, {}))) for name in sorted(used)]
    keys = {segment.engine_name: segment.name for segment in segments}
    return Topology(
        members={
            name: _MEMBERS[traits.granularity](name, replicas, keys, names)
            for name, replicas in sorted(by_service.items())
        },
        segments={segment.name: segment for segment in segments},
        assumptions=Assumptions(engine=Engine.parse(traits.version) or NEWEST, observed=True),
    )


def _segment(engine_name: str, key: str, spec: Spec) -> Segment:
    return Segment(
        name=key,
        engine_name=engine_name,
        driver=spec.get("driver", "bridge"),
        internal=bool(spec.get("internal")),
        ipv6=bool(spec.get("enable_ipv6")),
        encrypted="encrypted" in spec.get("driver_opts", {}),
        has_parent="parent" in spec.get("driver_opts", {}),
        path=(Kind.NETWORK.value, key),
        **bridge_options(spec.get("driver_opts", {})),
    )


def _member(name: str, replicas: list[Seen], keys: Mapping[str, str], services: frozenset[str]) -> Member:
    """All replicas as one: it is attached to what any of them is attached to."""
    specs = [one.spec for one in replicas]
    capabilities = frozenset(one for spec in specs for one in _capabilities(spec))
    mode, shares = _mode(str(specs[0].get("network_mode", "")))
    return Member(
        name=name,
        replicas=len(replicas),
        mode=mode,
        shares=shares,
        joints=_joints(specs, keys),
        bindings=tuple(dict.fromkeys(_binding(text) for spec in specs for text in spec.get("ports", ()))),
        names=tuple(dict.fromkeys([name, *(one.name for one in replicas)])),
        hostname=specs[0].get("hostname"),
        ties=tuple(dict.fromkeys(tie for spec in specs for tie in _ties(spec) if tie.target in services)),
        capabilities=capabilities,
        taints=tuple(dict.fromkeys(taint for spec in specs for taint in _taints(spec, mode))),
        relay=_relay(specs),
    )


def _relay(specs: list[Spec]) -> Relay | None:
    """All replicas lead to the same, or the service is none."""
    first, *others = [relay(spec.get("entrypoint"), spec.get("command")) for spec in specs]
    return first if all(one == first for one in others) else None


def _service(name: str, services: list[Seen], keys: Mapping[str, str], known: frozenset[str]) -> Member:
    """A service of a Swarm: it has names of its own, and ports on nodes."""
    found = _member(name, services, keys, known)
    hosted = {text for one in services for text in one.spec.get("host_ports", ())}
    texts = dict.fromkeys(text for one in services for text in one.spec.get("ports", ()))
    return replace(
        found,
        replicas=sum(int(one.spec.get("replicas", 1)) for one in services),
        virtual=any(one.spec.get("endpoint_mode") != "dnsrr" for one in services),
        names=task_names(found.names),
        joints={
            network: replace(joint, aliases=task_names(joint.aliases))
            for network, joint in found.joints.items()
        },
        bindings=tuple(
            replace(_binding(text), publish=Publish.ITS_NODES if text in hosted else Publish.EVERY_NODE)
            for text in texts
        ),
    )


_MEMBERS: Final = {Granularity.CONTAINER: _member, Granularity.SERVICE: _service}


def _mode(text: str) -> tuple[Mode, str | None]:
    if text.startswith(("service:", "container:")):
        return Mode.SHARED, text.partition(":")[2]
    return _MODES.get(text, Mode.NETWORKS), None


def _joints(specs: Iterable[Spec], keys: Mapping[str, str]) -> dict[str, Joint]:
    found: dict[str, Any] = {}
    for spec in specs:
        for network, endpoint in spec.get("networks", {}).items():
            found[keys[network]] = Joint(
                aliases=tuple(endpoint.get("aliases", ())),
                gw_priority=endpoint.get("gw_priority", 0),
                wakes_ipv6=wakes_interface(endpoint.get("driver_opts", {})),
            )
    return found


def _ties(spec: Spec) -> list[Tie]:
    """The links, those out of the stack too, with the names that this container alone uses."""
    texts = (text for endpoint in spec.get("networks", {}).values() for text in endpoint.get("links", ()))
    return [Tie(target=target, alias=alias) for target, _, alias in (text.partition(":") for text in texts)]


def _binding(text: str) -> Binding:
    host_ip, published, target = ports.split(text)
    port, _, protocol = target.partition("/")
    first, _, last = published.partition("-")
    return Binding(
        target=int(port),
        protocol=protocol or "tcp",
        host_ip=host_ip or None,
        host_ports=(int(first), int(last or first)) if published else None,
    )


def _capabilities(spec: Spec) -> tuple[str, ...]:
    return ("ALL",) if spec.get("privileged") else tuple(spec.get("cap_add", ()))


def _taints(spec: Spec, mode: Mode) -> list[Taint]:
    sources = (mounts.split(text)[0] for text in spec.get("volumes", {}).values())
    why = [mount_taint(source) for source in sources if source.startswith("/")]
    why.append(
        process_taint(
            privileged=bool(spec.get("privileged")), pid=spec.get("pid"), capabilities=spec.get("cap_add", ())
        )
    )
    why.append(HOST_NETWORK if mode is Mode.HOST else None)
    return [Taint(text=text) for text in why if text]
