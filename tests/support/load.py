"""A steady load on a page, with a count of what went wrong."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from msgspec import Struct, field

from tests.support.lab import LabEngine

MOST = 12_000
"""Requests after which a load ends by itself."""

_SECONDS = 5.0
_WORKERS = 4


class Load(Struct):
    """What a load has met so far: answers by their text, and faults in words."""

    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.answers.total() + len(self.faults)


def load(engine: LabEngine, port: int, *, per_second: float) -> AbstractContextManager[Load]:
    """Asks for `/` on a published port of the engine while the block runs, each time by a new connection."""
    return load_on(engine.network, ("127.0.0.1",), port, per_second=per_second)


@contextmanager
def load_on(
    inside: Callable[[], AbstractContextManager[None]],
    addresses: Sequence[str],
    port: int,
    *,
    per_second: float,
) -> Iterator[Load]:
    """The same of several machines: who is refused by one of them asks the next, as browsers do."""
    seen, stop, lock = Load(), threading.Event(), threading.Lock()

    def ask(number: int) -> None:
        turn = number
        with inside():
            while not stop.wait(_WORKERS / per_second) and seen.requests < MOST:
                turn += 1
                first = turn % len(addresses)
                said, fault = _any_page([*addresses[first:], *addresses[:first]], port)
                with lock:
                    if fault:
                        seen.faults.append(fault)
                    else:
                        seen.answers[said] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(_WORKERS)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _any_page(addresses: Sequence[str], port: int) -> tuple[str, str]:
    """The page of the first machine that takes the connection."""
    for address in addresses[:-1]:
        with suppress(ConnectionRefusedError):
            return _page(address, port)
    try:
        return _page(addresses[-1], port)
    except ConnectionRefusedError:
        return "", "refused by all"


def _page(address: str, port: int) -> tuple[str, str]:
    """What the page says, or what went wrong once the connection was taken.

    Raises:
        ConnectionRefusedError: nobody is there.
    """
    connection = http.client.HTTPConnection(address, port, timeout=_SECONDS)
    began = time.monotonic()
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except ConnectionRefusedError:
        raise
    except (OSError, http.client.HTTPException) as error:
        return "", f"{type(error).__name__} after {time.monotonic() - began:.1f} s"
    finally:
        connection.close()
    return (text, "") if answer.status == 200 else ("", f"status {answer.status}")
