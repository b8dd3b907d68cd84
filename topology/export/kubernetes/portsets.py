"""Sets of ports, as policies name them: ranges of a protocol each, in order and apart from each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

Span: TypeAlias = tuple[str, int, int]
"""A protocol and the first and last of its ports."""

Ports: TypeAlias = tuple[Span, ...]

PROTOCOLS: Final = ("tcp", "udp", "sctp")
NONE: Final[Ports] = ()
ALL: Final[Ports] = tuple((protocol, 1, 65535) for protocol in PROTOCOLS)


def single(port: int, protocol: str = "tcp") -> Ports:
    return ((protocol, port, port),)


def of(ports: Iterable[tuple[int, str]]) -> Ports:
    """Ports with their protocols."""
    return union(*(single(*one) for one in ports))


def union(*sets: Ports) -> Ports:
    """All ports that are in one of them."""
    found: list[Span] = []
    for protocol, low, high in sorted((one for ports in sets for one in ports), key=_order):
        if found and found[-1][0] == protocol and low <= found[-1][2] + 1:
            found[-1] = (protocol, found[-1][1], max(found[-1][2], high))
        else:
            found.append((protocol, low, high))
    return tuple(found)


def without(ports: Ports, taken: Ports) -> Ports:
    """The ports that are in the first and not in the second."""
    for protocol, low, high in taken:
        ports = tuple(left for one in ports for left in _left(one, protocol, low, high))
    return ports


def common(ports: Ports, others: Ports) -> Ports:
    """The ports that are in both."""
    return without(ports, without(ports, others))


def singles(ports: Ports) -> tuple[tuple[int, str], ...]:
    """The ports one by one, those in ranges left out."""
    return tuple((low, protocol) for protocol, low, high in ports if low == high)


def has_ranges(ports: Ports) -> bool:
    return any(low != high for _, low, high in ports)


def told(ports: Ports) -> str:
    """`5432, 53/udp`, as sentences name them."""
    if ports == ALL:
        return "any port"
    texts = (
        f"{low if low == high else f'{low}-{high}'}{'' if protocol == 'tcp' else f'/{protocol}'}"
        for protocol, low, high in ports
    )
    return ", ".join(texts)


def _left(span: Span, protocol: str, low: int, high: int) -> Ports:
    own, first, last = span
    if own != protocol or high < first or last < low:
        return (span,)
    pieces = ((own, first, min(last, low - 1)), (own, max(first, high + 1), last))
    return tuple(one for one in pieces if one[1] <= one[2])


def _order(span: Span) -> tuple[int, int, int]:
    return PROTOCOLS.index(span[0]), span[1], span[2]
