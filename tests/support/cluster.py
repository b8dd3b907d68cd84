"""What NetworkPolicies grant, worked out from objects alone and by Kubernetes' own rules.

It knows nothing of stacks. A connection needs the leave of its source's egress and of its target's ingress; a
pod that no policy selects for a direction is free there. Policies neither govern pods on their node's network
nor tell them from the node; a block of addresses means pods, too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

Object = Mapping[str, Any]

_NAMESPACE = "the-stack"
_RUNNING = ("Deployment", "StatefulSet", "DaemonSet", "Job")


class Place(Struct, frozen=True, kw_only=True):
    """Where a connection begins or ends: a pod, or with nothing but an address what is beyond the cluster."""

    name: str
    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = ""
    named_ports: Mapping[tuple[str, str], int] = field(default_factory=dict)
    on_host: bool = False

    @property
    def is_pod(self) -> bool:
        return bool(self.namespace) and not self.on_host


WORLD = Place(name="world", address="198.51.100.7")
NEIGHBOUR = Place(name="neighbour", address="10.244.9.9", namespace="another", labels={"app": "other"})
"""A pod of somebody else's."""
DNS = Place(name="dns", address="10.244.9.53", namespace="kube-system", labels={"k8s-app": "kube-dns"})


class Cluster:
    """Objects as they would stand in one namespace of a cluster."""

    def __init__(self, objects: Iterable[Object]) -> None:
        self.objects = tuple(objects)

    def of(self, *kinds: str) -> Iterator[Object]:
        return (one for one in self.objects if one["kind"] in kinds)

    @cached_property
    def pods(self) -> Mapping[str, Place]:
        """One replica of each workload, by its name."""
        return {
            one["metadata"]["name"]: _pod(one, number) for number, one in enumerate(self.of(*_RUNNING), 1)
        }

    def allows(self, source: Place, target: Place, port: int, protocol: str = "tcp") -> bool:
        """Whether policies let a connection through."""
        return self._egress(source, target, port, protocol) and self._ingress(source, target, port, protocol)

    def called(self, name: str) -> tuple[str, ...]:
        """The workloads that a name leads to."""
        return tuple(
            pod.name
            for one in self.of("Service")
            if one["metadata"]["name"] == name
            for pod in self.pods.values()
            if one["spec"]["selector"].items() <= pod.labels.items()
        )

    def _egress(self, source: Place, target: Place, port: int, protocol: str) -> bool:
        return self._one_way("Egress", "to", source, target, (target, port, protocol))

    def _ingress(self, source: Place, target: Place, port: int, protocol: str) -> bool:
        return self._one_way("Ingress", "from", target, source, (target, port, protocol))

    def _one_way(
        self, direction: str, peers: str, governed: Place, other: Place, asked: tuple[Place, int, str]
    ) -> bool:
        if not governed.is_pod or governed.namespace != _NAMESPACE:
            return True
        selecting = [
            policy["spec"]
            for policy in self.of("NetworkPolicy")
            if direction in _directions(policy["spec"])
            and _selects(policy["spec"]["podSelector"], governed.labels)
        ]
        return not selecting or any(
            _peers(rule.get(peers), other) and _ports(rule.get("ports"), *asked)
            for spec in selecting
            for rule in spec.get(direction.lower()) or ()
        )


def _pod(one: Object, number: int) -> Place:
    template = one["spec"]["template"]
    named = {
        (port["name"], port.get("protocol", "TCP")): port["containerPort"]
        for container in template["spec"]["containers"]
        for port in container.get("ports", ())
        if "name" in port
    }
    return Place(
        name=one["metadata"]["name"],
        address=f"10.244.{number // 250}.{number % 250}",
        labels=template["metadata"]["labels"],
        namespace=_NAMESPACE,
        named_ports=named,
        on_host=bool(template["spec"].get("hostNetwork")),
    )


def _directions(spec: Object) -> tuple[str, ...]:
    if "policyTypes" in spec:
        return tuple(spec["policyTypes"])
    return ("Ingress", "Egress") if spec.get("egress") else ("Ingress",)


def _peers(peers: list[Object] | None, other: Place) -> bool:
    return not peers or any(_peer(peer, other) for peer in peers)


def _peer(peer: Object, other: Place) -> bool:
    if "ipBlock" in peer:
        return _in_block(peer["ipBlock"], other.address)
    if not other.is_pod:
        return False
    if "namespaceSelector" in peer:
        labels = {"kubernetes.io/metadata.name": other.namespace}
        if not _selects(peer["namespaceSelector"], labels):
            return False
    elif other.namespace != _NAMESPACE:
        return False
    return _selects(peer.get("podSelector", {}), other.labels)


def _in_block(block: Object, address: str) -> bool:
    here = ipaddress.ip_address(address)
    return here in ipaddress.ip_network(block["cidr"]) and not any(
        here in ipaddress.ip_network(part) for part in block.get("except", ())
    )


def _selects(selector: Object, labels: Mapping[str, str]) -> bool:
    exact = selector.get("matchLabels", {})
    return exact.items() <= labels.items() and all(
        _matches(one, labels) for one in selector.get("matchExpressions", ())
    )


def _matches(expression: Object, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values", ())
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise AssertionError(expression)


def _ports(ports: list[Object] | None, target: Place, port: int, protocol: str) -> bool:
    return not ports or any(_port(one, target, port, protocol.upper()) for one in ports)


def _port(one: Object, target: Place, port: int, protocol: str) -> bool:
    if one.get("protocol", "TCP") != protocol:
        return False
    number = one.get("port")
    if isinstance(number, str):
        number = target.named_ports.get((number, protocol), -1)
    return number is None or number <= port <= one.get("endPort", number)
