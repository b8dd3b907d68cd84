"""A look at whether a container is ready that changes nothing at all, for who may only read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reconciler.engines.daemon import Json
from reconciler.engines.probing.here import from_here
from reconciler.engines.probing.looking import Log
from topology.models import Ready

_HEADER: Final = 8
"""Bytes before each piece of what a container without a terminal printed: which stream, and how long."""


def glance(raw: Json, ready: Ready, printed: Callable[[], bytes], *, here: bool) -> str | None:
    """What is missing, "" for nothing; None where one would have to run something to know.

    Raises:
        EngineError: the log cannot be read.
    """
    if ready.exec is not None:
        return None
    if ready.log is not None:
        text = plain(printed(), terminal=bool(raw["Config"].get("Tty"))).decode(errors="replace")
        return Log(lambda _container, _since: text, raw["Id"], ready.log)(raw)
    return from_here(raw, ready) if here else None


def plain(log: bytes, *, terminal: bool) -> bytes:
    """A log as it was printed: without a terminal its two streams come in pieces, each behind a header."""
    if terminal:
        return log
    found, at = [], 0
    while at + _HEADER <= len(log):
        size = int.from_bytes(log[at + 4 : at + _HEADER], "big")
        found.append(log[at + _HEADER : at + _HEADER + size])
        at += _HEADER + size
    return b"".join(found)
