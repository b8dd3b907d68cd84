"""Addresses of networks and of containers on them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from reconciler.engines.memory.world import Container, Network, World
from reconciler.errors import Conflict, Rejected

Block: TypeAlias = dict[str, str | dict[str, str]]
Net: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

POOLS: Final = (
    *(ipaddress.ip_network(f"172.{second}.0.0/16") for second in range(17, 32)),
    *ipaddress.ip_network("192.168.0.0/16").subnets(new_prefix=20),
)
"""Where networks get their addresses when none are asked for: 31, of which one is the default bridge's."""


def subnet(block: Block) -> Net:
    """The address block of one line of a network's IPAM."""
    return ipaddress.ip_network(str(block["Subnet"]))


def chosen(world: World, asked: list[Block], *, ipv6: bool) -> list[Block]:
    """The address blocks of a new network.

    Raises:
        Rejected: a block that is none, or a gateway outside.
        Conflict: it overlaps with another network, or the pools are used up.
    """
    taken = [subnet(block) for one in world.networks.values() for block in one.blocks]
    blocks = [dict(block) for block in asked if block.get("Subnet")]
    for block in blocks:
        _check(block)
        if any(_overlap(subnet(block), other) for other in taken):
            raise Conflict("invalid pool request: Pool overlaps with other one on this address space")
    if not any(subnet(block).version == 4 for block in blocks):
        blocks.append(_automatic([*taken, *map(subnet, blocks)]))
    if ipv6 and not any(subnet(block).version == 6 for block in blocks):
        blocks.append(_private_ipv6(world))
    return blocks


def _check(block: Block) -> None:
    text = str(block["Subnet"])
    try:
        net = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Rejected(f"invalid subnet {text}: invalid CIDR block notation") from error
    gateway = block.get("Gateway")
    if gateway and ipaddress.ip_address(str(gateway)) not in net:
        raise Rejected(f"invalid gateway {gateway}: parent subnet {net} doesn't contain this address")
    block["Subnet"] = str(net)


def _overlap(one: Net, other: Net) -> bool:
    return one.version == other.version and one.overlaps(other)


def _automatic(taken: list[Net]) -> Block:
    for pool in POOLS:
        if not any(_overlap(pool, other) for other in taken):
            return {"Subnet": str(pool), "Gateway": str(pool[1])}
    raise Conflict("all predefined address pools have been fully subnetted")


def _private_ipv6(world: World) -> Block:
    if not world.generation.ipv6_pool:
        raise Conflict("could not find an available, non-overlapping IPv6 address pool among the defaults")
    pool = ipaddress.IPv6Network(f"fd00:{len(world.networks):x}::/64")
    return {"Subnet": str(pool), "Gateway": str(pool[1])}


# Containers


def check_fixed(network: Network, sent: dict[str, Any]) -> None:
    """Whether a container may ask for these addresses on this network.

    Raises:
        Rejected: the network's blocks were not chosen, or the address lies outside.
    """
    for wanted in _fixed(sent).values():
        if not network.chosen:
            raise Rejected(
                "user specified IP address is supported only when connecting to networks "
                "with user configured subnets"
            )
        if not any(_within(wanted, block) for block in network.blocks):
            raise Rejected(f"no configured subnet or ip-range contain the IP address {wanted}")


def _fixed(sent: dict[str, Any]) -> dict[int, str]:
    ipam = sent.get("IPAMConfig") or {}
    pairs = ((4, ipam.get("IPv4Address")), (6, ipam.get("IPv6Address")))
    return {version: text for version, text in pairs if text}


def _within(wanted: str, block: Block) -> bool:
    return ipaddress.ip_address(wanted) in subnet(block)


def given(world: World, network: Network, sent: dict[str, Any]) -> dict[int, str]:
    """The addresses of a container that comes onto a network, by IP version.

    Raises:
        Conflict: the wanted one is taken.
        Rejected: none is left.
    """
    taken = set(_taken(world, network))
    found: dict[int, str] = {}
    fixed = _fixed(sent)
    for block in network.blocks:
        version = subnet(block).version
        if version in found or (version == 6 and not network.ipv6):
            continue
        found[version] = fixed.get(version) or _free(network, block, taken)
        if found[version] in taken:
            raise Conflict("Address already in use")
    return found


def _taken(world: World, network: Network) -> Iterator[str]:
    for block in network.blocks:
        gateway = block.get("Gateway") or subnet(block)[1]
        yield str(gateway)
        reserved = block.get("AuxiliaryAddresses")
        yield from reserved.values() if isinstance(reserved, dict) else ()
    for container in world.containers.values():
        yield from _held(container, network)


def _held(container: Container, network: Network) -> Iterator[str]:
    for endpoint in container.endpoints.values():
        if endpoint.network == network.id and endpoint.id:
            yield from (text for text in (endpoint.ipv4, endpoint.ipv6) if text)


def _free(network: Network, block: Block, taken: set[str]) -> str:
    """The lowest one; of a range, its first address counts too."""
    whole = subnet(block)
    pool = ipaddress.ip_network(str(block["IPRange"])) if block.get("IPRange") else whole
    edges = {str(whole.network_address), str(whole.broadcast_address)}
    for address in pool:
        if str(address) not in taken | edges:
            return str(address)
    raise Rejected(f"no available IPv4 addresses on this network's address pools: {network.name}")
