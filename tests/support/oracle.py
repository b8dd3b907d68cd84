"""Who reaches whom, told a second time and as plainly as possible: IPv4, TCP, bridges, engine 28.5.

It reads the stack file's words alone and shares no code with the model that it checks.
"""

from __future__ import annotations

from topology.models import Network, Service, Stack


def reaches(stack: Stack, a: str, b: str, port: int | None = None) -> bool:
    one, other = owner(stack, a), owner(stack, b)
    if one is None or other is None:
        return False
    if one == other:
        return True
    mine, theirs = _networks(stack, one), _networks(stack, other)
    if one == "host":
        return any(not _inhibited(net) for net in theirs.values())
    if other == "host":
        return any(not _inhibited(net) for net in mine.values())
    if any(name in theirs and _talks(net) for name, net in mine.items()):
        return True
    return _published(stack, other, port, _host_addresses(mine))


def owner(stack: Stack, name: str) -> str | None:
    """Whose network stack: a service's name, "host", or None where nothing is known of it."""
    seen = set()
    while name not in seen:
        seen.add(name)
        mode = stack.services[name].network_mode
        if mode == "host":
            return "host"
        if mode is None or mode == "none":
            return name
        name = mode.partition(":")[2]
        if name not in stack.services:
            return None
    return None


def _networks(stack: Stack, name: str) -> dict[str, Network]:
    return {} if name == "host" else {key: stack.networks[key] for key in stack.services[name].networks}


def _host_addresses(networks: dict[str, Network]) -> str:
    """What a stack opens of published ports: "all" addresses of the host, its own "gateways", "none"."""
    outward = [net for _, net in sorted(networks.items()) if not net.internal]
    if outward and not _inhibited(outward[0]):
        return "all"
    return "none" if all(_inhibited(net) for net in outward) else "gateways"


def _published(stack: Stack, name: str, port: int | None, opened: str) -> bool:
    """A port on all addresses opens at one's own gateway, one on a single address only where that leads."""
    service: Service = stack.services[name]
    if _host_addresses(_networks(stack, name)) != "all":
        return False
    usable = [one for one in service.ports if port in {None, one.target} and one.host_ip != "127.0.0.1"]
    return any(opened == "all" or (opened == "gateways" and one.host_ip is None) for one in usable)


def _talks(network: Network) -> bool:
    return network.driver_opts.get("com.docker.network.bridge.enable_icc") != "false"


def _inhibited(network: Network) -> bool:
    return network.driver_opts.get("com.docker.network.bridge.inhibit_ipv4") == "true"
