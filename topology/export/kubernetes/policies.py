"""NetworkPolicies: nothing goes in or out of a pod but what is granted, and the names it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from topology.export.kubernetes.case import NAME, PART_OF, Case, Object, Pod, made, said
from topology.export.kubernetes.grants import Grants
from topology.export.kubernetes.portsets import ALL, Ports
from topology.graph import Mode

_KIND: Final = "NetworkPolicy"

_DNS: Final[Object] = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
}
"""The cluster's name server, where all but the rarest clusters have it."""

_WORLD: Final[tuple[Object, ...]] = (
    {
        "ipBlock": {
            "cidr": "0.0.0.0/0",
            "except": ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
        }
    },
    {"ipBlock": {"cidr": "::/0", "except": ["fc00::/7", "fe80::/10"]}},
)
"""Public addresses: pods, services and nodes have private ones, and no link to them is asked for."""


def policies(case: Case, grants: Grants) -> Iterator[Object]:
    """The one that denies everything, and one for each pod that anything is granted to."""
    for pod in case.pods.values():
        case.namer.give(_KIND, pod.name)
    yield made(
        "networking.k8s.io/v1",
        _KIND,
        {
            "name": case.namer.give(_KIND, f"{case.stack.name}-default-deny"),
            "labels": {PART_OF: case.part_of},
        },
        spec={
            "podSelector": {"matchLabels": {PART_OF: case.part_of}},
            "policyTypes": ["Ingress", "Egress"],
        },
    )
    sources, targets = _by_target(grants), _by_source(grants)
    for pod in case.pods.values():
        if not pod.on_host and case.topology.standings[pod.holder].mode is not Mode.NONE:
            yield _policy(case, grants, pod, sources.get(pod.holder, {}), targets.get(pod.holder, {}))


def _by_target(grants: Grants) -> dict[str, dict[str, Ports]]:
    found: dict[str, dict[str, Ports]] = {}
    for (source, target), ports in grants.between.items():
        found.setdefault(target, {})[source] = ports
    return found


def _by_source(grants: Grants) -> dict[str, dict[str, Ports]]:
    found: dict[str, dict[str, Ports]] = {}
    for (source, target), ports in grants.between.items():
        found.setdefault(source, {})[target] = ports
    return found


def _policy(
    case: Case, grants: Grants, pod: Pod, sources: Mapping[str, Ports], targets: Mapping[str, Ports]
) -> Object:
    """What may reach a pod and what it may reach."""
    ingress = [{"from": [_peer(case, names)], **_ports(ports)} for ports, names in _alike(sources)]
    egress = [_DNS, *({"to": [_peer(case, names)], **_ports(ports)} for ports, names in _alike(targets))]
    if opened := grants.from_world.get(pod.holder):
        ingress.append(_ports(opened))
    if opened := grants.to_world.get(pod.holder):
        egress.append({"to": list(_WORLD), **_ports(opened)})
    return made(
        "networking.k8s.io/v1",
        _KIND,
        {"name": case.namer.give(_KIND, pod.name), "labels": case.labels(pod)},
        spec=said(
            podSelector={"matchLabels": case.labels(pod)},
            policyTypes=["Ingress", "Egress"],
            ingress=ingress,
            egress=egress,
        ),
    )


def _alike(ports: Mapping[str, Ports]) -> Iterable[tuple[Ports, list[str]]]:
    """Peers by the ports that they have in common."""
    found: dict[Ports, list[str]] = {}
    for name, opened in ports.items():
        found.setdefault(opened, []).append(name)
    return found.items()


def _peer(case: Case, holders: Iterable[str]) -> Object:
    names = sorted(case.pods[holder].name for holder in holders)
    if len(names) == 1:
        return {"podSelector": {"matchLabels": {NAME: names[0], PART_OF: case.part_of}}}
    return {
        "podSelector": {
            "matchLabels": {PART_OF: case.part_of},
            "matchExpressions": [{"key": NAME, "operator": "In", "values": names}],
        }
    }


def _ports(ports: Ports) -> Object:
    """The ports of a rule; a rule without them opens all."""
    if ports == ALL:
        return {}
    return {
        "ports": [
            {"protocol": protocol.upper(), "port": low, **({} if low == high else {"endPort": high})}
            for protocol, low, high in ports
        ]
    }
