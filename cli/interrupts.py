"""Ctrl-C and SIGTERM while things are being changed: the calls in flight are finished, nothing new begins."""

from __future__ import annotations

import math
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, TextIO, TypeVar

from cli.exits import Exit

NOTICE = "finishing the calls in flight; Ctrl-C again leaves at once"

T = TypeVar("T")

_TICK: Final = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(
    stream: TextIO, *, live: bool, told: Callable[[], None] = lambda: None
) -> Iterator[threading.Event]:
    """An event that the first signal sets; the second ends the process at once.

    What that means is written to `stream`, unless `live` progress says so itself. Outside the main thread
    signals are somebody else's, and the event is never set. `told` is called in the signal's handler.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(Exit.INTERRUPTED)
        stop.set()
        told()
        if not live:
            os.write(stream.fileno(), f"{NOTICE}\n".encode())  # a print could be cut into by itself

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def hearing(name: str, told: Callable[[], None]) -> Iterator[None]:
    """Calls `told` in the handler of a signal, where this system has it and signals are ours to hear."""
    number = getattr(signal, name, None)
    if number is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, lambda _number, _frame: told())
    try:
        yield
    finally:
        signal.signal(number, before)


def coming(messages: queue.SimpleQueue[T], within: float = math.inf) -> T | None:
    """The next message, or None after so many seconds without any.

    The main thread wakes every second: it does not hear a signal that comes just as it falls asleep.
    """
    deadline = time.monotonic() + within
    while True:
        left = deadline - time.monotonic()
        try:
            return messages.get(timeout=max(0.0, min(left, _TICK)))
        except queue.Empty:
            if left <= _TICK:
                return None
