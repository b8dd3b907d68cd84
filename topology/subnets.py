"""Subnets that are as large as their networks need, one after another from a pool."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

RESERVED = 3
"""Addresses of a subnet that no container gets: the network's, the gateway's and the broadcast."""

LARGEST = 29
"""The longest prefix that is given: the engine refuses /31, and a /30 holds one container."""


def prefix_for(containers: int) -> int:
    """The longest prefix that holds so many containers: 5 fit a /29, 13 a /28, 29 a /27."""
    return min(32 - (containers + RESERVED - 1).bit_length(), LARGEST)


def pool_of(stack: str) -> IPv4Network:
    """A range of its own for each stack's name, so that two stacks on one engine rarely meet."""
    number = hashlib.sha256(stack.encode()).digest()[0] % 128
    return IPv4Network((0x0A400000 + (number << 16), 16))


def allotted(
    sizes: Mapping[str, int], pool: IPv4Network, taken: Iterable[IPv4Network]
) -> dict[str, IPv4Network]:
    """A subnet for each network by the number of its containers, largest first; what does not fit has none.

    None overlaps another or one that is `taken`.
    """
    found: dict[str, IPv4Network] = {}
    held = [one for one in taken if one.overlaps(pool)]
    free = int(pool[0])
    for name in sorted(sizes, key=lambda one: (-sizes[one], one)):
        prefix = prefix_for(sizes[name])
        if prefix < pool.prefixlen:
            continue
        blocks = _from(free, prefix, pool)
        block = next((one for one in blocks if not any(map(one.overlaps, held))), None)
        if block:
            found[name] = block
            free = int(block[-1]) + 1
    return found


def _from(start: int, prefix: int, pool: IPv4Network) -> Iterator[IPv4Network]:
    """The aligned blocks of a pool from an address on."""
    size = 1 << 32 - prefix
    first = -(-start // size) * size
    for address in range(first, int(pool[-1]) + 1, size):
        yield IPv4Network((address, prefix))
