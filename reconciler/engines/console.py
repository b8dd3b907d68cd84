"""What containers print, and commands that run in them: for people, who look and type.

No part of the seam that plans go through: a model of an engine runs nothing that could print.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import Any

from msgspec import Struct

from reconciler.engines.line import TIMEOUT
from reconciler.engines.sdk import SdkReader, checked, translated
from reconciler.errors import EngineError

_HEAD = struct.Struct(">BxxxL")
_STDOUT, _STDERR = 1, 2
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
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
        doing = f"reading the log of {container[:12]}"
        framed = not self.container(container)["Config"]["Tty"]
        asked = {
            "stdout": 1,
            "stderr": 1,
            "timestamps": 1,
            "follow": int(wanted.follow),
            "since": wanted.since,
            "tail": "all" if wanted.tail is None else wanted.tail,
        }
        with translated(doing):
            path = self._url(f"/containers/{container}/logs")
            patience = (TIMEOUT, None if wanted.follow else TIMEOUT)
            answer = checked(doing, self._api.get(path, params=asked, stream=True, timeout=patience))
            pieces = _pieces(answer.iter_content(None), framed=framed)  # each as it comes
            yield from map(_told, _lines(pieces))

    def run(self, container: str, command: Sequence[str], *, tty: bool, user: str, streams: Streams) -> int:
        """Runs a command in a container, with what is typed and what it prints; its exit code.

        Raises:
            EngineError: it could not be run.
        """
        doing = f"running {command[0]} in {container[:12]}"
        with translated(doing):
            typed = streams.source is not None
            made = self._api.exec_create(container, list(command), stdin=typed, tty=tty, user=user)["Id"]
            stream: Any = self._api.exec_start(made, tty=tty, socket=True)
        line = getattr(stream, "_sock", stream)
        with closing(line), closing(stream):
            fit = partial(self._fit, made, streams)
            fit()
            Carrying(line, streams, framed=not tty).until_the_end(fit)
        with translated(doing):
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


def _pieces(chunks: Iterable[bytes], *, framed: bool) -> Iterator[tuple[int, bytes]]:
    """What comes, each with the number of its stream; a terminal has one, and no frames."""
    pending = b""
    for chunk in chunks:
        if framed:
            frames, pending = _frames(pending + chunk)
            yield from frames
        else:
            yield _STDOUT, chunk


def _frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Whole frames, each with the number of its stream, and what is left: the beginning of one."""
    found, at = [], 0
    while len(data) - at >= _HEAD.size:
        kind, size = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + size
        if len(data) < end:
            break
        found.append((kind, data[at + _HEAD.size : end]))
        at = end
    return found, data[at:]


def _lines(pieces: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """Whole lines of what comes in pieces, by stream; the last one of each may have no end."""
    begun: dict[int, list[bytes]] = {}
    for kind, piece in pieces:
        first, *others = piece.split(b"\n")
        begun.setdefault(kind, []).append(first)
        for other in others:
            yield b"".join(begun[kind])
            begun[kind] = [other]
    for rest in begun.values():
        if line := b"".join(rest):
            yield line


def _told(line: bytes) -> tuple[str, str]:
    """When it was printed, and what. The engine cuts long lines, and says the moment before each part."""
    moment, _, text = line.decode(errors="replace").partition(" ")
    return moment, text.replace(f"{moment} ", "").removesuffix("\r")


class Carrying:
    """Both ways at once: neither side has to take what it is sent before it may say what it has to say."""

    def __init__(self, line: socket.socket, streams: Streams, *, framed: bool) -> None:
        self._line = line
        self._streams = streams
        self._framed = framed
        self._source = streams.source
        self._typed = b""
        self._heard = b""

    def until_the_end(self, fit: Callable[[], None]) -> None:
        """Until the other side has nothing more to say; `fit` is called after a resizing."""
        self._line.setblocking(False)
        resized = self._streams.resized
        while True:
            source = None if self._typed else self._source
            heard: list[Any] = [one for one in (self._line, source, resized) if one is not None]
            ready, able, _ = select.select(heard, [self._line] if self._typed else [], [])
            if resized is not None and resized in ready:
                os.read(resized, _CHUNK)
                fit()
            if source is not None and source in ready:
                self._read(source)
            if able:
                self._send()
            if self._line in ready and not self._receive():
                return

    def _read(self, source: int) -> None:
        with suppress(OSError):  # the terminal may be gone
            self._typed = os.read(source, _CHUNK)
        if not self._typed:
            self._source = None
            with suppress(OSError):  # it may have ended
                socket.socket.shutdown(self._line, socket.SHUT_WR)  # that of TLS forgets how to read

    def _send(self) -> None:
        """A command need not take all that is typed: what it has not said yet is heard all the same."""
        try:
            self._typed = self._typed[self._line.send(self._typed) :]
        except _NOT_NOW:
            return
        except OSError:
            self._typed, self._source = b"", None

    def _receive(self) -> bool:
        """Whether there may be more."""
        try:
            data = self._line.recv(_CHUNK)
        except _NOT_NOW:
            return True
        except OSError:  # it ended without taking all that was typed, or asking for its code will tell
            return False
        if not self._framed:
            self._streams.out(data)
            return bool(data)
        frames, self._heard = _frames(self._heard + data)
        for kind, said in frames:
            (self._streams.err if kind == _STDERR else self._streams.out)(said)
        return bool(data)
