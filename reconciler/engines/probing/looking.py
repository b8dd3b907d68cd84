"""From what a service calls ready to a way of finding out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from reconciler.engines.daemon import Json, Look
from reconciler.engines.probing.beside import Beside, Host
from reconciler.engines.probing.here import from_here
from topology.models import Ready
from topology.secrets import command_line

Printed: TypeAlias = Callable[[str, float], str]
"""What a container printed since a moment, each line behind the moment at which it did."""


class Prober(Host, Protocol):
    """The calls that looking takes."""

    @property
    def is_local(self) -> bool:
        """See `DaemonReader`."""


@contextmanager
def probing(daemon: Prober, printed: Printed, container: str, ready: Ready) -> Iterator[Look]:
    """A look at a container, to be taken as often as need be; what it takes is gone afterwards."""
    if ready.log is not None:
        yield Log(printed, container, ready.log)
    elif ready.exec is not None:
        yield _Command(daemon, container, ready.exec)
    else:
        beside = Beside(daemon, container, ready)
        try:
            yield _Port(ready, beside, here=daemon.is_local)
        finally:
            beside.close()


class Log:
    """Waits for a line; reads on from where it stopped."""

    def __init__(self, printed: Printed, container: str, pattern: str) -> None:
        self._printed = printed
        self._container = container
        self._pattern = re.compile(pattern)
        self._run = ""
        self._since = 0.0

    def __call__(self, raw: Json) -> str:
        if self._run != (started := str(raw["State"]["StartedAt"])):
            self._run, self._since = started, _moment(started)
        for line in self._printed(self._container, self._since).splitlines():
            at, _, words = line.partition(" ")
            if self._pattern.search(words):
                return ""
            self._since = max(self._since, _moment(at))
        return f'it has not printed "{self._pattern.pattern}"'


def _moment(text: str) -> float:
    """The engine's nanoseconds cut to milliseconds: a line read twice is better than one that is missed."""
    try:
        seconds, _, rest = text.rstrip("Z").partition(".")
        return datetime.fromisoformat(seconds).replace(tzinfo=UTC).timestamp() + int(f"{rest[:3]:0<3}") / 1000
    except ValueError:
        return 0.0


class _Command:
    """Runs a command in the container."""

    def __init__(self, daemon: Prober, container: str, command: Sequence[str]) -> None:
        self._daemon = daemon
        self._container = container
        self._command = command

    def __call__(self, _raw: Json) -> str:
        code, output = self._daemon.execute(self._container, self._command)
        said = output.strip().splitlines()[-1:]
        return ": ".join([f"{command_line(self._command)} ends with {code}", *said]) if code else ""


class _Port:
    """Looks from here as long as there is a way, else from beside the container."""

    def __init__(self, ready: Ready, beside: Beside, *, here: bool) -> None:
        self._ready = ready
        self._beside = beside
        self._here = here

    def __call__(self, raw: Json) -> str:
        if self._here:
            seen = from_here(raw, self._ready)
            if seen is not None:
                return seen
            self._here = False
        return self._beside.look(raw)
