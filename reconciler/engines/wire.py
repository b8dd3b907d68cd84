"""Reads an engine on a Unix socket with nothing but the standard library.

`topo plan` asks a handful of questions and is run often. Importing the docker SDK takes longer than all of
the answers (measured: 80 of 230 ms with ten containers), and its session takes twice as long for each of
them; so a socket is read here, and only who pulls or builds, or works over TCP, TLS or SSH, pays for it.
`WireReader` can send nothing but GET; `writing` has what sends the rest.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import Any, Final

from reconciler.engines.daemon import Events, Json
from reconciler.engines.line import NO_HEADERS, SCHEME, TIMEOUT, Answer, Connection, Line
from reconciler.engines.reading import EVENTS, Endpoint, Reading, api_version, failure
from reconciler.errors import Denied, Unavailable
from topology.models import Build

NEWEST_API: Final = (1, 51)
"""The newest API that topo has been tried with; an engine that speaks a newer one is asked for this."""


Heard = Callable[[str, Answer], None]
"""Told of each question, as a path, and of what the engine answered."""


class WireReader(Reading):
    """The reading half of an engine on a Unix socket; may be shared by threads."""

    def __init__(self, endpoint: Endpoint, heard: Heard | None = None) -> None:
        """Connects and agrees on an API version.

        Raises:
            Unavailable: nothing answers there.
            Denied: the socket may not be opened.
        """
        self._line = Line(endpoint.url.removeprefix(SCHEME))
        self._heard = heard
        with translated(f"connecting to {endpoint.url}"):
            self._said = self._ping()

    def _ping(self) -> tuple[str, str]:
        answer = self._answer("/_ping")
        engine = answer.server.removeprefix("Docker/").partition(" ")[0]
        return engine, answer.api or "1.41"

    @cached_property
    def prefix(self) -> str:
        """What the path of every call begins with: the API's version."""
        major, minor = min(api_version(self._said[1]), NEWEST_API)
        return f"/v{major}.{minor}"

    @property
    def is_local(self) -> bool:
        """See `DaemonReader`."""
        return True

    @property
    def socket(self) -> str:
        """See `Reading`."""
        return self._line.path

    def version(self) -> Json:
        """See `DaemonReader`. The answer to a ping says both, and comes at once."""
        return {"Version": self._said[0], "ApiVersion": self.prefix.removeprefix("/v")}

    def get(self, doing: str, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:
        """See `Reading`."""
        body = self._bytes(doing, path, headers)
        try:
            return json.loads(body)
        except ValueError as error:
            raise Unavailable(f"{doing}: the answer is no JSON") from error

    def _bytes(self, doing: str, path: str, headers: Mapping[str, str] = NO_HEADERS) -> bytes:
        """See `Reading`."""
        with translated(doing):
            answer = self._answer(self.prefix + path, headers)
        if answer.status >= 400:
            raise failure(doing, answer.status, message(answer.body))
        return answer.body

    def _answer(self, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
        answer = self._line.ask(path, headers)
        if self._heard is not None:
            self._heard(path, answer)
        return answer

    def events(self) -> Events:
        """See `DaemonReader`. They come over a connection of their own."""
        doing = "listening to the engine"
        connection = Connection(self._line.path)
        with translated(doing):
            connection.request("GET", self.prefix + EVENTS)
            line = connection.sock  # which belongs to the answer alone, once that has begun
            answer = connection.getresponse()
            if answer.status >= 400:
                raise failure(doing, answer.status, message(answer.read()))
            line.settimeout(None)
        return WireEvents(connection, line, answer)

    def digest(self, build: Build) -> str:
        """See `DaemonReader`. The SDK knows what belongs to a context; only those who build pay for it."""
        from reconciler.engines.contexts import digest  # noqa: PLC0415  # only who builds pays for the SDK

        return digest(build)


class WireEvents:
    """See `Events`."""

    def __init__(self, connection: Connection, line: socket.socket, answer: http.client.HTTPResponse) -> None:
        self._connection = connection  # which ends with whoever holds it
        self._line = line
        self._answer = answer
        self._closed = False

    def __iter__(self) -> Iterator[Json]:
        with translated("listening to the engine"), closing(self._line), closing(self._answer):
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


def message(body: bytes) -> str:
    """What an engine says of a refusal."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Re-raises what the socket and `http.client` raise as one of ours, saying what was being done."""
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
