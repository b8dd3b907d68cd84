"""What the watching thread hears of: events of the engine, signals, and what becomes of the connection."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from cli.interrupts import coming
from reconciler.engines.daemon import Events, Json
from reconciler.errors import EngineError

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class Happened(Struct, frozen=True):
    """An event of the engine."""

    event: Json


class Lost(Struct, frozen=True):
    """The engine cannot be heard any more; what happens now is missed."""

    error: EngineError


class Back:
    """The engine can be heard, from now on."""


class Reread:
    """Somebody asks for the stack file to be read again."""


class Stop:
    """Somebody asks for an end."""


Message: TypeAlias = Happened | Lost | Back | Reread | Stop


class Inbox:
    """Messages in the order in which they came. Signal handlers may put as well: that never waits."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def put(self, message: Message) -> None:
        """One more."""
        self._queue.put(message)

    def next(self, within: float) -> Message | None:
        """The next one, or None after so many seconds without any."""
        return coming(self._queue, within)


class Listener(threading.Thread):
    """Hears the engine's events, and connects again whenever the connection is cut."""

    def __init__(self, listen: Callable[[], Events], put: Callable[[Message], None]) -> None:
        super().__init__(name="events", daemon=True)
        self._listen = listen
        self._put = put
        self._stop_asked = threading.Event()
        self._events: Events | None = None

    def run(self) -> None:
        """Until `close`. A connection that is cut soon after it was made is not made again at once."""
        pause = _FIRST_PAUSE
        while not self._stop_asked.is_set():
            began = time.monotonic()
            try:
                self._hear()
            except EngineError as error:
                self._put(Lost(error))
            if time.monotonic() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            self._stop_asked.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _hear(self) -> None:
        self._events = self._listen()
        self._put(Back())
        for event in self._events:
            self._put(Happened(event))

    def close(self) -> None:
        """Ends the thread."""
        self._stop_asked.set()
        if self._events is not None:
            self._events.close()
