"""What the kernel's own tables say of a network stack. Pure: the text of a file in, values out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping

from reconciler.probe.seam import Listener

TABLES = ("tcp", "tcp6", "udp", "udp6")
"""The files of /proc/net that say who listens; the kernel may lack those of IPv6."""

_LISTENING = {"tcp": "0A", "udp": "07"}


def listeners(tables: Mapping[str, str]) -> frozenset[Listener]:
    """The ports in the texts of `TABLES` that are listened on, loopback left out."""
    return frozenset(one for name, text in tables.items() for one in _listeners(name.removesuffix("6"), text))


def _listeners(protocol: str, text: str) -> Iterator[Listener]:
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) > 3 and words[3] == _LISTENING[protocol]:
            address, _, port = words[1].partition(":")
            found = _address(address)
            if not found.is_loopback:
                yield Listener("" if found.is_unspecified else str(found), int(port, 16), protocol)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Written as 32-bit numbers in the processor's order, which is little-endian wherever Docker runs."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    found = ipaddress.ip_address(b"".join(words))
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def local_addresses(fib_trie: str) -> tuple[str, ...]:
    """The host's own IPv4 addresses in the text of /proc/net/fib_trie, loopback left out."""
    found = re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", fib_trie)
    return tuple(dict.fromkeys(one for one in found if not ipaddress.ip_address(one).is_loopback))
