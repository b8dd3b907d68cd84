"""Waiting that ends as soon as somebody wants to leave: what only looks need not be finished."""

from __future__ import annotations

import threading
from collections.abc import Callable

from reconciler.errors import Halted


def heeding(stop: threading.Event) -> Callable[[float], None]:
    """A sleep of so many seconds that raises Halted once `stop` is set."""

    def sleep(seconds: float) -> None:
        if stop.wait(seconds):
            raise Halted

    return sleep
