"""While the managers of a Swarm choose a leader they hold every request; whoever waits is told so.

Ten to fifteen seconds after a leader was killed, the others answer what they were asked meanwhile (28.5.2).
One that gives up says that there is no leader; it has done nothing then, and is asked again.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final, TypeVar

from reconciler.engines.daemon import Tell, untold
from reconciler.errors import EngineError

T = TypeVar("T")

SAID: Final = "the managers of the Swarm do not answer yet; they may be choosing a leader"
_SOON: Final = 3.0
_PATIENCE: Final = 60.0
_PAUSE: Final = 1.0
_LEADERLESS: Final = re.compile(r"does not have a leader|no elected primary|lost leadership", re.IGNORECASE)


class Silence:
    """Tells whoever waits that nobody answers: who carries out a step, or else `tell`."""

    def __init__(
        self,
        tell: Tell = untold,
        *,
        soon: float = _SOON,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tell = tell
        self._soon = soon
        self._clock = clock
        self._sleep = sleep
        self._here = threading.local()

    @contextmanager
    def told(self, tell: Tell) -> Iterator[None]:
        """Who is told of what this thread asks while the block runs."""
        self._here.tell = tell
        try:
            yield
        finally:
            del self._here.tell

    def through(self, ask: Callable[[], T]) -> T:
        """The answer, however long the managers take to have a leader again.

        Raises:
            EngineError: what `ask` raises; that there is no leader, once it has lasted a minute.
        """
        tell: Tell = getattr(self._here, "tell", self._tell)
        deadline = self._clock() + _PATIENCE
        timer = threading.Timer(self._soon, partial(tell, SAID))
        timer.daemon = True
        timer.start()
        try:
            while True:
                try:
                    return ask()
                except EngineError as error:
                    if not _LEADERLESS.search(str(error)) or self._clock() >= deadline:
                        raise
                self._sleep(_PAUSE)
        finally:
            timer.cancel()
