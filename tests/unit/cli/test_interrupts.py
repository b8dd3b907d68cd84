"""A signal is heard also where it wakes nobody: it came just as the main thread fell asleep."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cli.interrupts import coming
from reconciler import address
from reconciler.executor import execute
from reconciler.plan import Plan
from reconciler.steps import StartContainer, Step

PATIENCE = 10.0
"""Seconds after which a test that hangs fails instead."""


@contextmanager
def silent(handler: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """What sends a signal to the thread that calls it, and so does not wake the main thread, whose it is."""

    def send() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, lambda _number, _frame: handler())
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    try:
        yield send
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGUSR1, before)


def test_by_whoever_waits_for_messages() -> None:
    messages: queue.SimpleQueue[str] = queue.SimpleQueue()
    with silent(lambda: messages.put("heard")) as send:
        thread = threading.Timer(0.1, send)
        thread.start()
        assert coming(messages, PATIENCE) == "heard"
        thread.join()


def test_by_whoever_waits_for_a_step() -> None:
    stop = threading.Event()
    heard: list[bool] = []
    step = StartContainer(address=address.service("app", 1), container="app")
    with silent(stop.set) as send:

        def run(_step: Step) -> None:
            threading.Event().wait(0.1)
            send()
            heard.append(stop.wait(PATIENCE))

        execute(Plan(stack="shop", needs={step: frozenset()}), run, stop=stop)
    assert heard == [True]


def test_a_message_is_waited_for_no_longer_than_asked() -> None:
    messages: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert coming(messages, 0.01) is None
    messages.put("here")
    assert coming(messages, 0.0) == "here"
