"""Static addresses and the subnets they have to be in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from topology.codes import CONFLICT
from topology.findings import Finding, Path, Related
from topology.load.references.reading import Reading
from topology.load.words import error, listed
from topology.models import Network, Subnet

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Block: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class _Static(Struct, frozen=True):
    """An address that a service asks for on a network."""

    service: str
    network: str
    address: Address
    path: Path


def _statics(reading: Reading) -> Iterator[_Static]:
    for name, service in reading.stack.services.items():
        for network, attachment in service.networks.items():
            for field in ("ipv4_address", "ipv6_address"):
                address = getattr(attachment, field)
                if address is not None:
                    path = ("services", name, "networks", network, field)
                    yield _Static(name, network, ipaddress.ip_address(address), path)


def _blocks(network: Network) -> tuple[Subnet, ...]:
    return network.ipam.config if network.ipam else ()


def _subnets(network: Network) -> list[Block]:
    return [ipaddress.ip_network(block.subnet) for block in _blocks(network) if block.subnet]


def inside(reading: Reading) -> Iterator[Finding]:
    """Addresses outside the subnets of their network, which an engine refuses."""
    subnets_of = {name: _subnets(network) for name, network in reading.stack.networks.items()}
    for static in _statics(reading):
        network = reading.stack.networks.get(static.network)
        if network is None or network.external or not reading.has("networks", static.network, "ipam"):
            continue
        blocks = subnets_of[static.network]
        if any(static.address in block for block in blocks):
            continue
        related = (
            Related(message=f"network {static.network} is declared", path=("networks", static.network)),
        )
        begins = f"service {static.service} wants {static.address} on network {static.network}, which has"
        if not blocks:
            mend = 'give the network one: "ipam: {config: [{subnet: 10.20.0.0/24}]}"'
            yield error(CONFLICT, f"{begins} no subnet of its own", static.path, mend=mend, related=related)
        else:
            message = f"{begins} {listed(map(str, blocks))}"
            yield error(CONFLICT, message, static.path, label="it is outside", related=related)


def taken(reading: Reading) -> Iterator[Finding]:
    """Addresses that somebody else on the network has: another service, the gateway, a reserved one."""
    holders: dict[tuple[str, Address], tuple[str, Path]] = {}
    for name, network in reading.stack.networks.items():
        for index, block in enumerate(_blocks(network)):
            path: Path = ("networks", name, "ipam", "config", index)
            if block.gateway:
                holders[name, ipaddress.ip_address(block.gateway)] = ("the gateway", (*path, "gateway"))
    for static in _statics(reading):
        key = (static.network, static.address)
        if key in holders:
            holder, there = holders[key]
            yield error(
                CONFLICT,
                f"service {static.service} wants {static.address} on {static.network}, which {holder} has",
                static.path,
                mend="choose another address",
                related=(Related(message=f"{holder} has it", path=there),),
            )
        holders.setdefault(key, (f"service {static.service}", static.path))


def subnets(reading: Reading) -> Iterator[Finding]:
    """Gateways and ranges outside their subnet, and subnets that overlap."""
    blocks: list[tuple[Block, Path]] = []
    for name, network in reading.stack.networks.items():
        for index, block in enumerate(_blocks(network)):
            path: Path = ("networks", name, "ipam", "config", index)
            if block.subnet:
                yield from _within(block, path)
                blocks.append((ipaddress.ip_network(block.subnet), path))
    yield from _overlaps(blocks)


def _within(block: Subnet, path: Path) -> Iterator[Finding]:
    whole = ipaddress.ip_network(block.subnet or "")
    for field in ("gateway", "ip_range"):
        said = getattr(block, field)
        if said is None:
            continue
        part = ipaddress.ip_network(said)
        if part.version != whole.version or not _covers(whole, part):
            message = f"{field} {said} of network {path[1]} is outside its subnet {whole}"
            related = (Related(message="the subnet", path=(*path, "subnet")),)
            yield error(CONFLICT, message, (*path, field), related=related)


def _covers(outer: Block, inner: Block) -> bool:
    starts = int(outer.network_address) <= int(inner.network_address)
    return starts and int(inner.broadcast_address) <= int(outer.broadcast_address)


def _overlaps(blocks: list[tuple[Block, Path]]) -> Iterator[Finding]:
    """Each subnet that begins before one that starts earlier has ended."""
    widest: tuple[Block, Path] | None = None
    for block, path in sorted(blocks, key=lambda each: (each[0].version, int(each[0].network_address))):
        if widest is not None and widest[0].version == block.version and _reaches(widest[0], block):
            yield error(
                CONFLICT,
                f"subnet {block} of network {path[1]} overlaps {widest[0]} of network {widest[1][1]}",
                (*path, "subnet"),
                mend="choose another subnet",
                related=(Related(message="the other one", path=(*widest[1], "subnet")),),
            )
        if widest is None or widest[0].version != block.version or not _reaches_past(widest[0], block):
            widest = (block, path)


def _reaches(wide: Block, block: Block) -> bool:
    return int(wide.broadcast_address) >= int(block.network_address)


def _reaches_past(wide: Block, block: Block) -> bool:
    return int(wide.broadcast_address) >= int(block.broadcast_address)
