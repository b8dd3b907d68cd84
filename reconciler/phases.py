"""When a replacement joins which network: first where it needs others, last where others need it.

Before it is healthy nobody should find it, but it may have to find others to become so.
"""

from __future__ import annotations

from reconciler.fields import Site
from topology.models import Attachment


def joins_late(site: Site) -> frozenset[str]:
    """The networks, by their engine names, that a replacement joins once it is healthy.

    At least one is joined from the beginning, and so is the one that carries published ports.
    """
    service = site.service
    late = {key for key, one in service.networks.items() if _is_late(site, key, one)}
    early = set(service.networks) - late
    if service.ports and (gateway := _gateway(site)) is not None:
        early.add(gateway)
    if not early:
        return frozenset()
    return frozenset(site.network_name(key) for key in late - early)


def _is_late(site: Site, key: str, attachment: Attachment) -> bool:
    if attachment.attach is not None:
        return attachment.attach == "healthy"
    return _is_served(site, key) and not _is_needed(site, key)


def _is_served(site: Site, key: str) -> bool:
    """Whether somebody on the network links to the service."""
    return any(
        link.service == site.name
        for name, other in site.stack.services.items()
        if name != site.name and key in other.networks
        for link in other.links
    )


def _is_needed(site: Site, key: str) -> bool:
    """Whether the service links to, or waits for, somebody on the network."""
    services = site.stack.services
    needed = {link.service for link in site.service.links} | set(site.service.depends_on)
    return any(key in services[name].networks for name in needed if name in services)


def _gateway(site: Site) -> str | None:
    """The network that carries the published ports: the highest priority, else the first name (rule 20)."""
    networks = site.service.networks
    open_to_host = [key for key in networks if not _is_internal(site, key)]
    rank = {key: -(networks[key].gw_priority or 0) for key in open_to_host}
    return min(open_to_host, key=lambda key: (rank[key], site.network_name(key)), default=None)


def _is_internal(site: Site, key: str) -> bool:
    network = site.stack.networks.get(key)
    return network is not None and network.internal
