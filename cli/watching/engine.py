"""The engine that is watched: a way to look at it at any time, and one to change it once that is needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from cli.options import EngineOptions
from cli.wiring import Driven, Watched, driven, watched
from cli.world import World
from reconciler.engine import Engine, Reader
from reconciler.engines.daemon import Events

FRESH: Final = 300.0
"""Seconds after which it is met anew: what a reader learns once for a run, as of a registry, grows old."""


class Connection(Protocol):
    """What watching needs of an engine."""

    @property
    def called(self) -> str:
        """How it is called in a sentence."""

    @property
    def reader(self) -> Reader:
        """To look at it."""

    @property
    def engine(self) -> Engine:
        """To change it."""

    def events(self) -> Events:
        """What happens on it from now on."""

    def renew(self) -> None:
        """It was away, and may be another release now."""


class Connected:
    """The engine that the flags, the stack file and the environment mean."""

    def __init__(
        self,
        options: EngineOptions,
        world: World,
        said: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connects for reading; `said` is the kind that the stack file says.

        Raises:
            CommandError: none answers, or the flags contradict each other.
            EngineError: it answers, but not as an engine that topo knows.
        """
        self._watch: Callable[[], Watched] = partial(watched, options, world, said)
        self._drive: Callable[[], Driven] = partial(driven, options, world, said)
        self._clock = clock
        self._met = clock()
        self._watched = self._watch()
        self._driven: Driven | None = None

    @property
    def called(self) -> str:
        """See `Connection`."""
        return self._watched.called

    @property
    def reader(self) -> Reader:
        """See `Connection`. Raises what the making does."""
        if self._clock() - self._met > FRESH:
            self.renew()
        return self._watched.reader

    @property
    def engine(self) -> Engine:
        """See `Connection`. The SDK is not even imported where nothing drifts."""
        if self._driven is None:
            self._driven = self._drive()
        return self._driven.engine

    def events(self) -> Events:
        """See `Connection`."""
        return self._watched.events()

    def renew(self) -> None:
        """See `Connection`."""
        self._watched, self._driven = self._watch(), None
        self._met = self._clock()
