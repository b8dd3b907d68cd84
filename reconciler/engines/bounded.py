"""Calls that may never come back: they are waited for so long, and left behind after that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from reconciler.errors import Rejected

PATIENCE: Final = 300.0
"""Seconds that a command in a container may take."""

T = TypeVar("T")


def bounded(call: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """What the call gives or raises. Its thread keeps nobody from leaving.

    Raises:
        Rejected: it has not ended by then.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # the caller gets it
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.done():  # the call itself has raised it
            raise
        raise Rejected(f"{what} has not ended after {seconds:g} seconds, and may go on") from None
