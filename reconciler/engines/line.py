"""HTTP over an engine's Unix socket, with nothing but the standard library.

A `Line` can only ask; what changes something goes through `sent`.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Final, NamedTuple

SCHEME: Final = "unix://"
TIMEOUT: Final = 60.0
"""Seconds that one call may take before the engine counts as not answering."""

NO_HEADERS: Final[Mapping[str, str]] = {}


class Connection(http.client.HTTPConnection):
    """One connection to the socket at `path`."""

    def __init__(self, path: str, seconds: float = TIMEOUT) -> None:
        super().__init__("docker", timeout=seconds)
        self._path = path

    def __del__(self) -> None:
        """Each thread has one of its own, and ends without a word when it has no more to ask."""
        with suppress(AttributeError):  # it was never made
            self.close()

    def connect(self) -> None:
        """Opens it; a request does so by itself."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Answer(NamedTuple):
    """What came back; `server` and `api` are those headers, or empty."""

    status: int
    body: bytes
    server: str
    api: str


class Line:
    """Questions to the engine behind one socket; may be shared by threads."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._local = threading.local()

    def ask(self, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
        """The answer to a GET of `path`. A connection that has lain idle may have been cut: another is tried.

        Raises:
            OSError: the socket cannot be opened, or the connection was cut.
            http.client.HTTPException: what came back is no HTTP.
        """
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self.path)
        is_fresh = connection.sock is None
        try:
            return _asked(connection, path, headers)
        except ConnectionError:
            self.close()
            if is_fresh:
                raise
            return self.ask(path, headers)
        except (OSError, http.client.HTTPException):
            self.close()  # else it waits for the rest of this answer before it takes another question
            raise

    def close(self) -> None:
        """Ends this thread's connection; the next question opens another one."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()


def _asked(connection: Connection, path: str, headers: Mapping[str, str]) -> Answer:
    connection.request("GET", path, headers=dict(headers))
    return _answered(connection)


def _answered(connection: Connection) -> Answer:
    answer = connection.getresponse()
    said = answer.getheader("Server") or "", answer.getheader("Api-Version") or ""
    return Answer(answer.status, answer.read(), *said)


def sent(
    path: str, call: tuple[str, str], body: bytes | None, headers: Mapping[str, str], seconds: float
) -> Answer:
    """The answer to a call, as its method and target, that changes something: it is sent once, never again.

    It has a connection of its own, which cannot have been cut while it lay idle. Raises what `ask` raises.
    """
    with closing(Connection(path, seconds)) as connection:
        connection.request(*call, body, dict(headers))
        return _answered(connection)
