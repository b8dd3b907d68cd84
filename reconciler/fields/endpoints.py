"""Network attachments. Canonical: the engine's network name → aliases, links, fixed addresses."""

from __future__ import annotations

from typing import Any, Final

from reconciler.fields.row import Body, Site
from reconciler.state import ImageConfig, Spec
from topology.models import Attachment

DEFAULT_BRIDGE: Final = "bridge"
INTERFACE: Final = "com.docker.network.endpoint.ifname"
_NOT_NETWORKS: Final = frozenset({"host", "none"})


def _links(site: Site, network: str) -> list[str]:
    """`db:database` for each renaming link whose target is on this network, and for each external one.

    The target is the service's name, which is an alias of all its replicas, so the link resolves to
    all of them (measured on 20.10.24 and 28.5.2).
    """
    services = site.stack.services
    inside = [
        f"{link.service}:{link.alias}"
        for link in site.service.links
        if link.alias != link.service and network in services[link.service].networks
    ]
    outside = [f"{link.container}:{link.alias}" for link in site.service.external_links]
    return sorted([*inside, *outside])


def _driver_options(attachment: Attachment) -> dict[str, str]:
    """An interface's name is an option of the driver (28.5; older engines keep it without effect)."""
    named = {INTERFACE: attachment.interface_name} if attachment.interface_name else {}
    return {**attachment.driver_opts, **named}


def _endpoint(site: Site, key: str, attachment: Attachment) -> dict[str, Any]:
    named = [("ipv4_address", attachment.ipv4_address), ("ipv6_address", attachment.ipv6_address)]
    endpoint: dict[str, Any] = {
        "aliases": sorted({site.name, *attachment.aliases} - {site.own_name}),
        "links": _links(site, key),
        "gw_priority": attachment.gw_priority,
        "link_local_ips": sorted(attachment.link_local_ips),
        "driver_opts": _driver_options(attachment),
        **dict(named),
    }
    return {name: value for name, value in endpoint.items() if value}


def wanted(site: Site) -> dict[str, Any] | None:
    """Where a replica is attached: every peer on a network finds it by its service's name."""
    if site.service.network_mode == "bridge":
        return {DEFAULT_BRIDGE: {}}
    if site.service.network_mode:
        return None
    attachments = site.service.networks.items()
    return {site.network_name(key): _endpoint(site, key, one) for key, one in attachments} or None


def settings(endpoint: dict[str, Any]) -> Body:
    """The Engine's `EndpointSettings` for a canonical endpoint."""
    addresses = {
        "IPv4Address": endpoint.get("ipv4_address"),
        "IPv6Address": endpoint.get("ipv6_address"),
        "LinkLocalIPs": endpoint.get("link_local_ips"),
    }
    body: Body = {
        "Aliases": endpoint.get("aliases"),
        "Links": endpoint.get("links"),
        "IPAMConfig": {key: value for key, value in addresses.items() if value},
        "DriverOpts": endpoint.get("driver_opts"),
        "GwPriority": endpoint.get("gw_priority"),
    }
    return {key: value for key, value in body.items() if value}


def write(body: Body, value: dict[str, Any]) -> None:
    """All of them at once; an engine before API 1.44 takes one, the others are connected before start."""
    body["HostConfig"]["NetworkMode"] = min(value)
    body["NetworkingConfig"] = {
        "EndpointsConfig": {name: settings(endpoint) for name, endpoint in sorted(value.items())}
    }


def _aliases(raw: Body, inspected: Body) -> list[str]:
    """The user's aliases: before API 1.45 the Engine adds the short id and the hostname to them.

    Compose adds the container's own name, by which it is found in any case.
    """
    added = {inspected["Id"][:12], inspected["Config"].get("Hostname"), inspected["Name"].removeprefix("/")}
    return sorted(set(raw.get("Aliases") or ()) - added)


def _canonical(raw: Body, inspected: Body) -> dict[str, Any]:
    ipam = raw.get("IPAMConfig") or {}
    endpoint = {
        "aliases": _aliases(raw, inspected),
        "links": sorted(raw.get("Links") or ()),
        "ipv4_address": ipam.get("IPv4Address"),
        "ipv6_address": ipam.get("IPv6Address"),
        "link_local_ips": sorted(ipam.get("LinkLocalIPs") or ()),
        "driver_opts": raw.get("DriverOpts"),
        "gw_priority": raw.get("GwPriority"),
    }
    return {name: value for name, value in endpoint.items() if value}


def read(inspected: Body, _image: ImageConfig) -> dict[str, Any] | None:
    """The networks a container is attached to, in any state; never `NetworkMode`, which may name others."""
    networks: dict[str, Body] = inspected["NetworkSettings"].get("Networks") or {}
    return {
        name: _canonical(raw, inspected) for name, raw in networks.items() if name not in _NOT_NETWORKS
    } or None


def expected(spec: Spec, _image: ImageConfig) -> Any:
    """An alias that equals the hostname cannot be told from what old engines add, and changes nothing."""
    hostname = spec.get("hostname")
    networks = spec.get("networks")
    if not networks or not hostname:
        return networks
    return {name: _except(endpoint, hostname) for name, endpoint in networks.items()}


def _except(endpoint: dict[str, Any], unwanted: str) -> dict[str, Any]:
    """Without that alias; where it is the only one there are none."""
    aliases = [name for name in endpoint.get("aliases", ()) if name != unwanted]
    rest = {key: value for key, value in endpoint.items() if key != "aliases"}
    return {"aliases": aliases, **rest} if aliases else rest


def static(spec: Spec) -> bool:
    """Whether a container holds an address that a second one at its side could not have."""
    return any(
        "ipv4_address" in endpoint or "ipv6_address" in endpoint
        for endpoint in spec.get("networks", {}).values()
    )
