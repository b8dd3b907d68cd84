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
        return any(not _inhibited(net) for net in theirs.values()) or _published(stack, other, port, "host")
    if other == "host":
        return any(not _inhibited(net) for net in mine.values())
    if any(name in theirs and _talks(net) for name, net in mine.items()):
        return True
    return any(not net.internal for net in mine.values()) and _published(stack, other, port, "container")


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


def _published(stack: Stack, name: str, port: int | None, by: str) -> bool:
    service: Service = stack.services[name]
    if all(net.internal for net in _networks(stack, name).values()):
        return False
    usable = [one for one in service.ports if port in {None, one.target}]
    return any(by == "host" or one.host_ip != "127.0.0.1" for one in usable)


def _talks(network: Network) -> bool:
    return network.driver_opts.get("com.docker.network.bridge.enable_icc") != "false"


def _inhibited(network: Network) -> bool:
    return network.driver_opts.get("com.docker.network.bridge.inhibit_ipv4") == "true"
