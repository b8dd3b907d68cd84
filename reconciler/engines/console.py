"""What containers print, and commands that run in them: for people, who look and type.

No part of the seam that plans go through: a model of an engine runs nothing that could print.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import Any

from msgspec import Struct

from reconciler.engines.sdk import SdkReader, translated
from reconciler.errors import EngineError

_HEAD = struct.Struct(">BxxxL")
_STDERR = 2
_CHUNK = 1 << 16
_TRIES, _PAUSE = 10, 0.02


class Wanted(Struct, frozen=True, kw_only=True):
    """Which part of a log: from a moment on, the last `tail` lines, and whether to wait for more."""

    since: float | None = None
    tail: int | None = None
    follow: bool = False


class Streams(Struct, frozen=True, kw_only=True):
    """Where what is typed comes from, as a file descriptor, and where what is printed goes.

    `size` gives the rows and columns of the terminal, if there is one; `resized` is a file descriptor that
    can be read once they are others.
    """

    source: int | None
    out: Callable[[bytes], None]
    err: Callable[[bytes], None]
    size: Callable[[], tuple[int, int]] | None = None
    resized: int | None = None


class Console(SdkReader):
    """One engine, for people."""

    def lines(self, container: str, wanted: Wanted) -> Iterator[tuple[str, str]]:
        """What a container printed, as (moment, line); ends with it where that is followed.

        Raises:
            EngineError: the log cannot be read.
        """
        with translated(f"reading the log of {container[:12]}"):
            chunks = self._api.logs(
                container,
                stream=True,
                timestamps=True,
                follow=wanted.follow,
                since=wanted.since,
                tail="all" if wanted.tail is None else wanted.tail,
            )
            for line in _lines(chunks):
                moment, _, text = line.decode(errors="replace").partition(" ")
                yield moment, text.removesuffix("\r")

    def run(self, container: str, command: Sequence[str], *, tty: bool, user: str, streams: Streams) -> int:
        """Runs a command in a container, with what is typed and what it prints; its exit code.

        Raises:
            EngineError: it could not be run.
        """
        with translated(f"running {command[0]} in {container[:12]}"):
            typed = streams.source is not None
            made = self._api.exec_create(container, list(command), stdin=typed, tty=tty, user=user)["Id"]
            stream: Any = self._api.exec_start(made, tty=tty, socket=True)
            line = getattr(stream, "_sock", stream)
            with closing(line), closing(stream):
                fit = partial(self._fit, made, streams)
                fit()
                _carried(line, streams, fit, framed=not tty)
            return int(self._api.exec_inspect(made)["ExitCode"] or 0)

    def _fit(self, made: str, streams: Streams) -> None:
        """Makes its terminal as large as this one. It has one only while it runs."""
        if streams.size is None:
            return
        for _ in range(_TRIES):
            rows, columns = streams.size()
            with suppress(EngineError), translated("resizing the terminal"):
                self._api.exec_resize(made, height=rows, width=columns)
                return
            time.sleep(_PAUSE)


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines of what comes in pieces; the last one may have no end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _carried(line: socket.socket, streams: Streams, fit: Callable[[], None], *, framed: bool) -> None:
    """Both ways, until the other side has nothing more to say; `fit` is called after a resizing."""
    source, pending = streams.source, b""
    while True:
        heard: list[Any] = [one for one in (line, source, streams.resized) if one is not None]
        ready, _, _ = select.select(heard, [], [])
        if streams.resized is not None and streams.resized in ready:
            os.read(streams.resized, _CHUNK)
            fit()
        if source in ready and source is not None:
            typed = os.read(source, _CHUNK)
            if typed:
                line.sendall(typed)
            else:
                line.shutdown(socket.SHUT_WR)
                source = None
        if line in ready:
            data = line.recv(_CHUNK)
            if not data:
                return
            pending = _unframed(pending + data, streams) if framed else _raw(data, streams)


def _raw(data: bytes, streams: Streams) -> bytes:
    streams.out(data)
    return b""


def _unframed(data: bytes, streams: Streams) -> bytes:
    """Hands on whole frames, each to the stream that it names; what is left is the beginning of one."""
    while len(data) >= _HEAD.size:
        kind, size = _HEAD.unpack_from(data)
        if len(data) < _HEAD.size + size:
            return data
        (streams.err if kind == _STDERR else streams.out)(data[_HEAD.size : _HEAD.size + size])
        data = data[_HEAD.size + size :]
    return data
