"""A process of the application: `web` says its release and its host, `worker` asks `web` each second."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RELEASE = os.environ.get("RELEASE", "1")


class Page(BaseHTTPRequestHandler):
    """GET / says who answers. A release called broken never becomes healthy."""

    def do_GET(self) -> None:
        healthy = self.path != "/healthz" or RELEASE != "broken"
        self.send_response(200 if healthy else 500)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(f"release {RELEASE} on {socket.gethostname()}\n".encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def web() -> None:
    ThreadingHTTPServer(("", 5000), Page).serve_forever()


def worker() -> None:
    while True:
        asked = HTTPConnection(os.environ["WEB"], 5000, timeout=5)
        asked.request("GET", "/")
        print(asked.getresponse().read().decode().strip(), flush=True)
        asked.close()
        time.sleep(1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
{"web": web, "worker": worker}[sys.argv[1]]()
