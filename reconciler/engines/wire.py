"""Reads an engine on a Unix socket with nothing but the standard library.

`topo plan` asks a handful of questions and is run often. Importing the docker SDK takes longer than all of
the answers (measured: 80 of 230 ms with ten containers), and its session takes twice as long for each of
them; so plans on a socket are read here, and only who writes, or reads over TCP, TLS or SSH, pays for it.
This class can send nothing but GET.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import Any, Final

from reconciler.engines.daemon import Events, Json
from reconciler.engines.reading import EVENTS, TIMEOUT, Endpoint, Reading, api_version, failure
from reconciler.errors import Denied, Unavailable
from topology.models import Build

SCHEME: Final = "unix://"
NEWEST_API: Final = (1, 51)
"""The newest API that topo has been tried with; an engine that speaks a newer one is asked for this."""


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(self._path)


class WireReader(Reading):
    """The reading half of an engine on a Unix socket; may be shared by threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Connects and agrees on an API version.

        Raises:
            Unavailable: nothing answers there.
            Denied: the socket may not be opened.
        """
        self._path = endpoint.url.removeprefix(SCHEME)
        self._local = threading.local()
        with _translated(f"connecting to {endpoint.url}"):
            self._said = self._ping()

    def _ping(self) -> tuple[str, str]:
        answer, _ = self._answer("/_ping")
        engine = (answer.getheader("Server") or "").removeprefix("Docker/").partition(" ")[0]
        return engine, answer.getheader("Api-Version") or "1.41"

    @cached_property
    def _prefix(self) -> str:
        major, minor = min(api_version(self._said[1]), NEWEST_API)
        return f"/v{major}.{minor}"

    @property
    def is_local(self) -> bool:
        """See `DaemonReader`."""
        return True

    def version(self) -> Json:
        """See `DaemonReader`. The answer to a ping says both, and comes at once."""
        return {"Version": self._said[0], "ApiVersion": self._prefix.removeprefix("/v")}

    def get(self, doing: str, path: str) -> Any:
        """See `Reading`."""
        with _translated(doing):
            answer, body = self._answer(self._prefix + path)
        if answer.status >= 400:
            raise failure(doing, answer.status, _message(body))
        try:
            return json.loads(body)
        except ValueError as error:
            raise Unavailable(f"{doing}: the answer is no JSON") from error

    def _answer(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _Connection(self._path)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()  # else it waits for the rest of this answer before it takes another question
            raise

    def events(self) -> Events:
        """See `DaemonReader`. They come over a connection of their own."""
        doing = "listening to the engine"
        connection = _Connection(self._path)
        with _translated(doing):
            connection.request("GET", self._prefix + EVENTS)
            line = connection.sock  # which belongs to the answer alone, once that has begun
            answer = connection.getresponse()
            if answer.status >= 400:
                raise failure(doing, answer.status, _message(answer.read()))
            line.settimeout(None)
        return WireEvents(line, answer)

    def digest(self, build: Build) -> str:
        """See `DaemonReader`. The SDK knows what belongs to a context; only those who build pay for it."""
        from reconciler.engines.building import context_digest  # noqa: PLC0415

        return context_digest(build)


class WireEvents:
    """See `Events`."""

    def __init__(self, line: socket.socket, answer: http.client.HTTPResponse) -> None:
        self._line = line
        self._answer = answer
        self._closed = False

    def __iter__(self) -> Iterator[Json]:
        with _translated("listening to the engine"), closing(self._line), closing(self._answer):
            try:
                yield from map(json.loads, self._answer)
            except (OSError, http.client.HTTPException, ValueError):
                if not self._closed:
                    raise
        if not self._closed:
            raise Unavailable("listening to the engine: the connection was cut")

    def close(self) -> None:
        """See `Events`."""
        self._closed = True
        with suppress(OSError):  # it may have ended by itself
            self._line.shutdown(socket.SHUT_RDWR)


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise Denied(f"{doing}: permission denied") from error
    except FileNotFoundError as error:
        raise Unavailable(f"{doing}: no such socket") from error
    except ConnectionRefusedError as error:
        raise Unavailable(f"{doing}: connection refused") from error
    except TimeoutError as error:
        raise Unavailable(f"{doing}: no answer within {TIMEOUT:.0f} seconds") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable(f"{doing}: {error or 'the connection was cut'}") from error
