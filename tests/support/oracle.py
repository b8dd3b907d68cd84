"""Who reaches whom, told a second time and as plainly as possible: IPv4, TCP, bridges, engine 28.5.

It reads the stack file's words alone and shares no code with the model that it checks.
"""

from __future__ import annotations

from topology.models import Network, Port, Stack


def reaches(stack: Stack, a: str, b: str, port: int | None = None) -> bool | None:
    """None where the file does not give away what decides it."""
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
    opened = [_opens(mine, each.host_ip) for each in _published(stack, other, port)]
    return True if True in opened else None if None in opened else False


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


def _leads_out(networks: dict[str, Network]) -> bool:
    """The default route, on the first network that is not internal, leads to the host."""
    outward = [net for _, net in sorted(networks.items()) if not net.internal]
    return bool(outward) and not _inhibited(outward[0])


def _published(stack: Stack, name: str, port: int | None) -> list[Port]:
    """The ports that are open to more than the host itself."""
    if not _leads_out(_networks(stack, name)):
        return []
    ports = stack.services[name].ports
    return [one for one in ports if port in {None, one.target} and one.host_ip != "127.0.0.1"]


def _opens(networks: dict[str, Network], address: str | None) -> bool | None:
    """Whether a published port opens at this address; None where the file does not give the address away.

    The host's address on a network of one's own is asked there, and an internal one drops what is published.
    """
    gates = [net for net in networks.values() if not net.internal and not _inhibited(net)]
    if address is None:
        return bool(gates)
    walls = [net for net in networks.values() if net.internal and not _inhibited(net)]
    if address in map(_gateway, gates):
        return True
    if address in map(_gateway, walls):
        return False
    if not _leads_out(networks) and None in map(_gateway, gates):
        return None
    return _leads_out(networks)


def _gateway(network: Network) -> str | None:
    return str(network.ipam.config[0].subnet).replace(".0/24", ".1") if network.ipam else None


def _talks(network: Network) -> bool:
    return network.driver_opts.get("com.docker.network.bridge.enable_icc") != "false"


def _inhibited(network: Network) -> bool:
    return network.driver_opts.get("com.docker.network.bridge.inhibit_ipv4") == "true"
