"""The routes of this machine, which an engine on it must not cover with a network."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

_TABLE = Path("/proc/net/route")


def routes(table: Path = _TABLE) -> tuple[str, ...]:
    """The networks that it knows a way to, but for the default one; none where the kernel does not tell."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return ()
    return tuple(sorted({str(net) for net in _networks(lines) if net.prefixlen}))


def _networks(lines: list[str]) -> Iterator[IPv4Network]:
    for line in lines:
        words = line.split()
        yield IPv4Network((_address(words[1]), str(_address(words[7]))))


def _address(word: str) -> IPv4Address:
    """The kernel writes the bytes in its own order, the least first."""
    return IPv4Address(int.from_bytes(bytes.fromhex(word), "little"))
