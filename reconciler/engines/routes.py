"""The routes of an engine's host, which a network there must not cover.

Whether a local engine sends its packets as this process does, nobody says: it may live in namespaces of its
own, or in a virtual machine behind a socket of this one. The kernel tells which process listens on a socket
(SO_PEERCRED), and shows that process's own table. It is believed only if the engine's bridges are in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Final

from reconciler.engines.daemon import Json
from reconciler.engines.listener import listener
from reconciler.surroundings import Route

_GATEWAY: Final = 0x2
"""The flag of a route that leads past a gateway (RTF_GATEWAY)."""

_BRIDGE: Final = "com.docker.network.bridge.name"


def table_of(path: str) -> Path | None:
    """The table of whoever listens on a Unix socket; None where the kernel does not tell."""
    try:
        process = listener(path)
    except (OSError, AttributeError):  # another kernel has neither
        return None
    return Path(f"/proc/{process}/net/route") if process else None


def routes(table: Path) -> tuple[Route, ...]:
    """The networks that it knows a way to, but for the default one; none where it cannot be read."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return ()
    return tuple(_routes(lines))


def _routes(lines: Iterable[str]) -> Iterator[Route]:
    for line in lines:
        interface, target, _, flags, _, _, _, mask, *_ = line.split()
        network = IPv4Network((_address(target), str(_address(mask))))
        if network.prefixlen:
            direct = not int(flags, 16) & _GATEWAY
            yield Route(network=str(network), interface=interface, direct=direct)


def _address(word: str) -> IPv4Address:
    """The kernel writes the bytes in its own order, the least first."""
    return IPv4Address(int.from_bytes(bytes.fromhex(word), "little"))


def of_host(found: tuple[Route, ...], networks: Iterable[Json]) -> tuple[Route, ...]:
    """The routes that are not the engine's own; none unless it is seen that the table is its host's."""
    bridges = {_bridge(one) for one in networks if one.get("Driver") == "bridge"}
    if not bridges & {one.interface for one in found}:
        return ()
    return tuple(one for one in found if one.interface not in bridges)


def _bridge(network: Json) -> str:
    """What the kernel calls the bridge of a network."""
    named = (network.get("Options") or {}).get(_BRIDGE)
    return str(named or f"br-{network['Id'][:12]}")
