"""An engine on a socket that answers as a test tells it to, and notes what it was asked and sent."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from msgspec import Struct

PING = {"Server": "Docker/28.5.2 (linux)", "Api-Version": "1.51"}


class Sent(Struct, frozen=True):
    """A body, and of which kind it was said to be."""

    kind: str
    body: bytes


class Engine(socketserver.ThreadingUnixStreamServer):
    """Answers as it is told to, and notes what it was asked."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Answering)
        self.url = f"unix://{path}"
        self.ping = dict(PING)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.connections = 0
        self.hangs_up = False
        self.sent: list[Sent] = []
        self.closing: list[Callable[[], None]] = []

    def says(self, path: str, status: int, value: Any) -> None:
        self.answers[path] = (status, value if isinstance(value, bytes) else json.dumps(value).encode())


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Engine

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def version_string(self) -> str:
        return self.server.ping.get("Server", "")

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        status, body = self.server.answers.get(self.path, (200, b"OK"))
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        if "Api-Version" in self.server.ping:
            self.send_header("Api-Version", self.server.ping["Api-Version"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.server.hangs_up

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.sent.append(Sent(self.headers.get("Content-Type") or "", body))
        self.do_GET()

    do_POST = do_PUT = do_DELETE = _take  # noqa: N815  # as they are called there

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # as it is called there
        del format, arguments

    def address_string(self) -> str:
        return "a socket"


@contextmanager
def answering(path: Path) -> Iterator[Engine]:
    """One that listens on a socket at a path. At the end it calls what closes the connections to it."""
    with Engine(path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        for close in server.closing:
            close()
        server.shutdown()
        thread.join()
