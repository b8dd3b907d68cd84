"""A steady load on a page, with a count of what went wrong."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.lab import LabEngine

MOST = 12_000
"""Requests after which a load ends by itself."""

_SECONDS = 5.0
_WORKERS = 4


@dataclass(slots=True)
class Load:
    """What a load has met so far: answers by their text, and faults in words."""

    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.answers.total() + len(self.faults)


@contextmanager
def load(engine: LabEngine, port: int, *, per_second: float) -> Iterator[Load]:
    """Asks for `/` on a published port of the engine while the block runs, each time by a new connection."""
    seen, stop, lock = Load(), threading.Event(), threading.Lock()

    def ask() -> None:
        with engine.network():
            while not stop.wait(_WORKERS / per_second) and seen.requests < MOST:
                said, fault = _page(port)
                with lock:
                    if fault:
                        seen.faults.append(fault)
                    else:
                        seen.answers[said] += 1

    threads = [threading.Thread(target=ask) for _ in range(_WORKERS)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _page(port: int) -> tuple[str, str]:
    """What the page says, or what went wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    began = time.monotonic()
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return "", f"{type(error).__name__} after {time.monotonic() - began:.1f} s"
    finally:
        connection.close()
    return (text, "") if answer.status == 200 else ("", f"status {answer.status}")
