"""Waiting for the world: by a condition and a deadline, never by a sleep that is hoped to be long enough."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], *, within: float = 10.0, every: float = 0.05) -> bool:
    """Whether the condition comes to hold within so many seconds; an OSError while asking is a no."""
    deadline = time.monotonic() + within
    while not _holds(holds):
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def _holds(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except OSError:
        return False
