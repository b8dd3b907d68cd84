"""`topo graph --format mermaid`: a flowchart that GitHub, GitLab and most wikis draw in place."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.ink import Look
from cli.report.graph import Graph, NetworkNode, ServiceNode


def text(report: Graph, _look: Look) -> str:
    """The flowchart: networks as rounded boxes, services as boxes, links as dotted arrows."""
    return "\n".join(["flowchart LR", *(f"  {line}" for line in _lines(report))])


def _lines(report: Graph) -> Iterator[str]:
    yield from map(_network, report.networks)
    yield from map(_service, report.services)
    for service in report.services:
        yield from _edges(service)
    for link in report.links:
        arrow = f"-. {quoted(link.text)} .->" if link.text else "-.->"
        yield f"{_id('service', link.source)} {arrow} {_id('service', link.target)}"
    if report.is_open:
        yield f"world(({quoted('world')}))"
    if report.meets_host:
        yield f"host(({quoted('the host')}))"
    yield "classDef internal stroke-dasharray: 4"
    for network in report.networks:
        if network.internal:
            yield f"class {_id('network', network.name)} internal"


def _network(network: NetworkNode) -> str:
    return f"{_id('network', network.name)}([{quoted(network.name)}])"


def _service(service: ServiceNode) -> str:
    count = f" x{service.replicas}" if service.replicas != 1 else ""
    return f"{_id('service', service.name)}[{quoted(service.name + count)}]"


def _edges(service: ServiceNode) -> Iterator[str]:
    here = _id("service", service.name)
    for network in service.networks:
        yield f"{here} --- {_id('network', network)}"
    for lodger in service.lodgers:
        yield f"{_id('service', lodger)} -- {quoted('same network stack')} --- {here}"
    if service.mode == "host":
        yield f"{here} --- host"
    for port in service.ports:
        yield f"{'host' if port.is_local else 'world'} -- {quoted(port.text)} --> {here}"


def _id(kind: str, name: str) -> str:
    """An id that no keyword of mermaid equals and no two names share."""
    return f"{kind}_{''.join(map(_safe, name.replace('_x', '_x5f_x')))}"


def _safe(character: str) -> str:
    is_plain = character.isascii() and (character.isalnum() or character == "_")
    return character if is_plain else f"_x{ord(character):x}_"


def quoted(text: str) -> str:
    """A label with everything that mermaid would read as markup written as an entity."""
    return (
        '"'
        + "".join(character if _is_plain(character) else f"#{ord(character)};" for character in text)
        + '"'
    )


def _is_plain(character: str) -> bool:
    return character.isprintable() and character not in '"#<>&`\\'
