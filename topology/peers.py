"""What a service listens on as far as the file tells, and what a link tells its service about it.

`env: true` on a link gives the variables that Docker's legacy links gave, such as MONGO_PORT_27017_TCP_ADDR.
They name the peer as the link does, so they stay true when it gets another address; nothing of its own
environment is handed on. Docker gives them on the default bridge only, these are given on every network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.images import known_port
from topology.models import Link, Service

Listening = tuple[tuple[int, str], ...]
"""Ports with their protocols."""


def listening(name: str, service: Service) -> Listening:
    """What a service is known to listen on: exposed, usual for its image, published."""
    usual = known_port(service.image, name)
    found = [(one.port, one.protocol) for one in service.expose]
    found += [(usual, "tcp")] if usual else []
    found += [(port.target, port.protocol) for port in service.ports]
    return tuple(dict.fromkeys(found))


def ports_behind(link: Link, services: Mapping[str, Service]) -> Listening:
    """What a link leads to: its own port, else all that its service listens on, the lowest first."""
    if link.port is not None:
        return ((link.port, "tcp"),)
    return tuple(sorted(listening(link.service, services[link.service])))


def variables(name: str, services: Mapping[str, Service]) -> dict[str, str]:
    """What the links of a service add to its environment; what it says itself wins."""
    links = [link for link in services[name].links if link.env and link.service in services]
    return {key: value for link in links for key, value in _of_link(name, link, services)}


def _of_link(name: str, link: Link, services: Mapping[str, Service]) -> Iterator[tuple[str, str]]:
    prefix = link.alias.upper().replace("-", "_")
    yield f"{prefix}_NAME", f"/{name}/{link.alias}"
    for number, (port, protocol) in enumerate(ports_behind(link, services)):
        url = f"{protocol}://{link.alias}:{port}"
        if number == 0:
            yield f"{prefix}_PORT", url
        one = f"{prefix}_PORT_{port}_{protocol.upper()}"
        yield one, url
        yield f"{one}_ADDR", link.alias
        yield f"{one}_PORT", str(port)
        yield f"{one}_PROTO", protocol
