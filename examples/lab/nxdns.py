#!/usr/bin/env python3
"""Answers every DNS query on 127.0.0.1:53 with "no such name".

A private engine has no name server to ask. Engine 20.10 then never answers a query for a name that is not
a container's, and each such look-up costs 5 s (busybox) or 10 s (glibc). With this it costs nothing.
"""

from __future__ import annotations

import socket

HEADER = 12  # bytes before the question
NO_SUCH_NAME = b"\x81\x83"  # flags: a response, recursion available, NXDOMAIN
COUNTS = b"\x00\x01" + b"\x00" * 6  # one question, no records


def answer(query: bytes) -> bytes:
    """The reply that repeats the question and says that its name does not exist."""
    end = HEADER
    while end < len(query) and query[end]:
        end += query[end] + 1
    question = query[HEADER : end + 5]  # the name's final zero, then type and class
    return query[:2] + NO_SUCH_NAME + COUNTS + question


def serve(address: tuple[str, int] = ("127.0.0.1", 53)) -> None:
    """Answers until the process ends, which it does with the engine's process table."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(address)
        while True:
            query, client = server.recvfrom(2048)
            server.sendto(answer(query), client)


if __name__ == "__main__":
    serve()
