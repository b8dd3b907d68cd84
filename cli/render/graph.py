"""`topo graph` for people: each network with who is on it; services on several networks say so."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink, Look
from cli.render.words import counted, listed
from cli.report.graph import Graph, Link, NetworkNode, ServiceNode

Branch = tuple[str, "tuple[Branch, ...]"]
"""A line of a tree and what hangs below it."""


def text(report: Graph, look: Look) -> str:
    """A tree with networks, their services, and the links."""
    ink = look.ink
    services = {service.name: service for service in report.services}
    branches = [_network(network, services, ink) for network in report.networks]
    branches += _elsewhere(report, ink)
    lines = [ink.strong(visible(report.stack)), *_drawn(tuple(branches))]
    return "\n".join([*lines, *_links(report.links, ink)])


def _network(network: NetworkNode, services: dict[str, ServiceNode], ink: Ink) -> Branch:
    traits = [network.driver, *(["internal"] if network.internal else [])]
    traits += ["external"] if network.external else []
    traits += [network.subnet] if network.subnet else []
    members = [services[name] for name in network.services]
    nobody: tuple[Branch, ...] = ((ink.faint("nobody is on it"), ()),)
    return (
        f"{ink.note(visible(network.name))}  {ink.faint(visible(', '.join(traits)))}",
        _services(members, services, ink, here=network.name) or nobody,
    )


def _elsewhere(report: Graph, ink: Ink) -> Iterator[Branch]:
    """Services on no network of the stack: in the host's network stack, in nobody's, in another's."""
    services = {service.name: service for service in report.services}
    for mode, title in _MODES.items():
        members = [service for service in report.services if service.mode == mode]
        if members:
            yield ink.warning(title), _services(members, services, ink)


def _services(
    members: list[ServiceNode], services: dict[str, ServiceNode], ink: Ink, here: str = ""
) -> tuple[Branch, ...]:
    wide = max((width(_name(service)) for service in members), default=0)
    return tuple((_line(service, wide, ink, here), _lodgers(service, services, ink)) for service in members)


def _line(service: ServiceNode, wide: int, ink: Ink, here: str) -> str:
    """A service with what it publishes and where else it is."""
    marks = [f"publishes {listed(port.text for port in service.ports)}"] if service.ports else []
    others = [name for name in service.networks if name != here] if here else []
    marks += [f"also on {listed(map(visible, others))}"] if others else []
    name = padded(_name(service), wide) if marks else _name(service)
    return name + "".join(f"  {ink.changed(mark)}" for mark in marks)


def _lodgers(holder: ServiceNode, services: dict[str, ServiceNode], ink: Ink) -> tuple[Branch, ...]:
    return tuple(
        (f"{_name(services[name])}  {ink.faint(f'in the network stack of {holder.name}')}", ())
        for name in holder.lodgers
    )


def _name(service: ServiceNode) -> str:
    return visible(service.name) + (f" x{service.replicas}" if service.replicas != 1 else "")


def _links(links: tuple[Link, ...], ink: Ink) -> Iterator[str]:
    if not links:
        return
    yield ""
    yield f"{counted(len(links), 'link')} {ink.faint('(who opens connections to whom)')}"
    for link in links:
        more = f"  {ink.faint(visible(link.text))}" if link.text else ""
        yield f"  {visible(link.source)} -> {visible(link.target)}{more}"


def _drawn(branches: tuple[Branch, ...], indent: str = "") -> Iterator[str]:
    for index, (line, below) in enumerate(branches):
        last = index == len(branches) - 1
        yield f"{indent}{'└─' if last else '├─'} {line}"
        yield from _drawn(below, indent + ("   " if last else "│  "))


_MODES = {
    "host": "(the host's own network: every port is open, every network is in reach)",
    "none": "(no network)",
    "unknown": "(the network of something outside the stack)",
}
