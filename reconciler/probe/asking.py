"""A question for the engine's name server, and the reading of its answer. Pure: bytes in, bytes out."""

from __future__ import annotations

import socket
import struct

SERVER = ("127.0.0.11", 53)
"""The engine's name server, inside each network stack on a network with names."""

_HEADER = struct.Struct(">HHHHHH")
_ONE_ADDRESS = struct.pack(">HH", 1, 1)


def question(name: str) -> bytes:
    """A query for the IPv4 addresses of a name."""
    labels = b"".join(bytes([len(part)]) + part for part in name.encode("idna").split(b"."))
    return _HEADER.pack(4711, 0x0100, 1, 0, 0, 0) + labels + b"\0" + _ONE_ADDRESS


def addresses(answer: bytes) -> tuple[str, ...]:
    """The addresses in a reply to `question`; none in one that is cut short or says that there is none."""
    try:
        return _addresses(answer)
    except (IndexError, struct.error, OSError):
        return ()


def _addresses(answer: bytes) -> tuple[str, ...]:
    count = _HEADER.unpack_from(answer)[3]
    here = _past_name(answer, _HEADER.size) + 4
    found = []
    for _ in range(count):
        here = _past_name(answer, here)
        kind, _, _, length = struct.unpack_from(">HHIH", answer, here)
        here += 10
        if kind == 1:
            found.append(socket.inet_ntoa(answer[here : here + length]))
        here += length
    return tuple(found)


def _past_name(answer: bytes, here: int) -> int:
    while answer[here]:
        if answer[here] >= 0xC0:
            return here + 2
        here += answer[here] + 1
    return here + 1
