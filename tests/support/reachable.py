"""Every pair of pods, port by port: policies grant what the stack needs and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.cluster import DNS, NEIGHBOUR, WORLD, Cluster, Place
from tests.support.needed import Needed, Port
from topology.graph import WORLD as BEYOND
from topology.graph import Mode
from topology.models import Stack
from topology.reach import End

Called = Mapping[str, str]
"""What each service's pod is called in the cluster."""


def differences(stack: Stack, cluster: Cluster, called: Called) -> list[str]:
    """Where policies and needs disagree."""
    needed = Needed(stack)
    ports = needed.ports()
    return [*_between(needed, cluster, called, ports), *_beyond(needed, cluster, called, ports)]


def _between(needed: Needed, cluster: Cluster, called: Called, ports: tuple[Port, ...]) -> Iterator[str]:
    for source in needed.pods:
        for target in needed.pods:
            if source == target and not _several(needed.stack, source):
                continue
            for port in ports:
                given = cluster.allows(_pod(cluster, called, source), _pod(cluster, called, target), *port)
                if given != needed.between(source, target, port):
                    yield f"{source} to {target} on {port}: {'granted' if given else 'not granted'}"


def _beyond(needed: Needed, cluster: Cluster, called: Called, ports: tuple[Port, ...]) -> Iterator[str]:
    for name in needed.pods:
        pod = _pod(cluster, called, name)
        for port in ports:
            for where in (WORLD, NEIGHBOUR):
                if cluster.allows(where, pod, *port) != needed.from_world(name, port):
                    yield f"{where.name} to {name} on {port}"
            if cluster.allows(pod, WORLD, *port) != needed.to_world(name, port):
                yield f"{name} to the world on {port}"
            if cluster.allows(pod, NEIGHBOUR, *port):
                yield f"{name} to a neighbour on {port}"
        has_names = needed.topology.standings[name].mode is not Mode.NONE
        for protocol in ("udp", "tcp"):
            if cluster.allows(pod, DNS, 53, protocol) != has_names:
                yield f"{name} to the name server by {protocol}"
        if cluster.allows(pod, DNS, 54, "udp"):
            yield f"{name} to more than the name server"


def broken(stack: Stack, cluster: Cluster, called: Called) -> list[str]:
    """Claims that deny something, hold on Docker, and would not hold in the cluster."""
    needed = Needed(stack)
    governed = {*needed.pods, BEYOND}
    return [
        claim.text
        for source, target, port, claim in needed.denied()
        if source != target and {source, target} <= governed
        for asked in ([port] if port else needed.ports())
        for one in (_followed(needed, cluster, called, source) if claim.through_others else {source})
        if one != target and cluster.allows(_end(cluster, called, one), _end(cluster, called, target), *asked)
    ]


def _followed(needed: Needed, cluster: Cluster, called: Called, source: End) -> set[End]:
    """An end and all pods that it reaches, one after another, on any port."""
    found, new = {source}, [source]
    while new:
        here = _end(cluster, called, new.pop())
        for name in needed.pods:
            there = _pod(cluster, called, name)
            if name not in found and any(cluster.allows(here, there, *port) for port in needed.ports()):
                found.add(name)
                new.append(name)
    return found


def _end(cluster: Cluster, called: Called, end: End) -> Place:
    return _pod(cluster, called, end) if isinstance(end, str) else WORLD


def _pod(cluster: Cluster, called: Called, name: str) -> Place:
    return cluster.pods[called[name]]


def _several(stack: Stack, name: str) -> bool:
    return stack.services[name].replicas > 1 or stack.services[name].mode == "global"
