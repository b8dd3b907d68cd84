"""A page that counts its visitors in redis.

It finds redis by the variables that a link gives, or else under the name `redis`.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WHERE = (
    os.environ.get("REDIS_PORT_6379_TCP_ADDR", "redis"),
    int(os.environ.get("REDIS_PORT_6379_TCP_PORT", "6379")),
)


def count() -> int:
    """One more visitor; redis answers `:7` and ends the line."""
    with socket.create_connection(WHERE, timeout=3) as redis, redis.makefile("rwb") as line:
        line.write(b"INCR visitors\r\n")
        line.flush()
        return int(line.readline()[1:])


class Page(BaseHTTPRequestHandler):
    """GET / counts; where redis cannot be reached it says so."""

    def do_GET(self) -> None:
        try:
            status, text = 200, f"visitor {count()}, by way of {WHERE[0]}\n"
        except OSError as error:
            status, text = 502, f"{WHERE[0]} cannot be reached: {error}\n"
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", 8000), Page).serve_forever()
