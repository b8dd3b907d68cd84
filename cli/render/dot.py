"""`topo graph --format dot`: for graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.ink import Look
from cli.report.graph import Graph, NetworkNode, ServiceNode


def text(report: Graph, _look: Look) -> str:
    """An undirected look in a directed graph: networks as ellipses, services as boxes, links dashed."""
    return "\n".join([f"digraph {quoted(report.stack)} {{", *(f"  {line};" for line in _lines(report)), "}"])


def _lines(report: Graph) -> Iterator[str]:
    yield "rankdir=LR"
    yield "node [shape=box]"
    yield from map(_network, report.networks)
    for service in report.services:
        yield from _service(service)
    for link in report.links:
        ends = f"{_service_id(link.source)} -> {_service_id(link.target)}"
        label = f", label={quoted(link.text)}" if link.text else ""
        yield f"{ends} [style=dashed{label}]"


def _network(network: NetworkNode) -> str:
    style = ", style=dashed" if network.internal else ""
    return f"{_network_id(network.name)} [label={quoted(network.name)}, shape=ellipse{style}]"


def _service(service: ServiceNode) -> Iterator[str]:
    here = _service_id(service.name)
    count = f" x{service.replicas}" if service.replicas != 1 else ""
    yield f"{here} [label={quoted(service.name + count)}]"
    for network in service.networks:
        yield f"{here} -> {_network_id(network)} [dir=none]"
    for lodger in service.lodgers:
        yield f"{_service_id(lodger)} -> {here} [dir=none, label={quoted('same network stack')}]"
    if service.mode == "host":
        yield f"{here} -> {quoted('the host')} [dir=none]"
    for port in service.ports:
        outside = quoted("the host" if port.is_local else "the world")
        yield f"{outside} -> {here} [label={quoted(port.text)}]"


def _network_id(name: str) -> str:
    return quoted(f"network {name}")


def _service_id(name: str) -> str:
    return quoted(f"service {name}")


def quoted(text: str) -> str:
    """A double-quoted id of graphviz; a backslash would begin an escape of its labels."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
