"""What is happening, on stderr: a live line for each step on a terminal, plain lines anywhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cli.interrupts import NOTICE
from cli.render.cells import head, visible
from cli.render.ink import Ink
from cli.render.steps import Names, said
from cli.world import World
from reconciler import steps
from reconciler.executor import Done, Reporter, Result
from reconciler.steps import Step

_TICK = 0.1
_PLAIN_PAUSE = 5.0
"""Seconds between two lines of plain progress about one step."""

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_SLOW = (steps.PullImage, steps.BuildImage, steps.WaitHealthy, steps.WaitCompleted, steps.WaitService)
"""Steps that are announced in plain progress too, because a reader would wonder."""


class Plain(Reporter):
    """One line when a step ends, and one when a slow one begins."""

    def __init__(
        self,
        stream: TextIO,
        ink: Ink,
        names: Names,
        total: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._ink = ink
        self._names = names
        self._total = total
        self._clock = clock
        self._ended = 0
        self._next: dict[Step, float] = {}
        self._lock = threading.Lock()

    def begun(self, step: Step) -> None:
        """See `Reporter`."""
        if isinstance(step, _SLOW):
            self._write(f"{' ' * self._wide} {said(step, self._names)} ...")

    def moved(self, step: Step, how: str) -> None:
        """See `Reporter`. Not each time: a log is read line by line."""
        with self._lock:
            now = self._clock()
            if now < self._next.get(step, now):
                return
            self._next[step] = now + _PLAIN_PAUSE
        self._write(f"{' ' * self._wide} {said(step, self._names)}: {visible(how)}")

    def ended(self, done: Done) -> None:
        """See `Reporter`."""
        self._ended += 1
        self._write(f"{self._ended:>{self._wide}}/{self._total} {ended_line(done, self._names, self._ink)}")

    @property
    def _wide(self) -> int:
        return len(str(self._total))

    def _write(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


class Live(Reporter):
    """Ended steps scroll up; those under way stay below them, with the seconds that they take."""

    def __init__(
        self,
        stream: TextIO,
        ink: Ink,
        names: Names,
        total: int,
        *,
        stop: threading.Event,
        width: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._ink = ink
        self._names = names
        self._total = total
        self._stop = stop
        self._width = width
        self._clock = clock
        self._running: dict[Step, float] = {}
        self._come: dict[Step, str] = {}
        self._ended = 0
        self._drawn = 0
        self._lock = threading.Lock()

    def begun(self, step: Step) -> None:
        """See `Reporter`."""
        with self._lock:
            self._running[step] = self._clock()
            self._draw()

    def moved(self, step: Step, how: str) -> None:
        """See `Reporter`. Is drawn with the next tick."""
        self._come[step] = how

    def ended(self, done: Done) -> None:
        """See `Reporter`."""
        with self._lock:
            self._running.pop(done.step, None)
            self._ended += 1
            self._draw(ended_line(done, self._names, self._ink))

    def tick(self) -> None:
        """Draws again, so that the seconds move."""
        with self._lock:
            if self._running:
                self._draw()

    def clear(self) -> None:
        """Takes away what is below the ended steps."""
        with self._lock:
            self._running.clear()
            self._draw()

    def _draw(self, above: str = "") -> None:
        wiped = f"\x1b[{self._drawn}F\x1b[J" if self._drawn else ""
        lines = list(self._lines())
        self._stream.write(wiped + "".join(f"{line}\n" for line in ([above] if above else []) + lines))
        self._stream.flush()
        self._drawn = len(lines)

    def _lines(self) -> Iterator[str]:
        if not self._running:
            return
        now, width = self._clock(), self._width() - 1
        frame = _FRAMES[int(now / _TICK) % len(_FRAMES)]
        for step, began in self._running.items():
            how = f"  {self._come[step]}" if step in self._come else ""
            line = f"{frame} {said(step, self._names)}  {now - began:.0f} s{how}"
            yield self._ink.changed(head(visible(line), width))
        notice = f"; {NOTICE}" if self._stop.is_set() else ""
        yield self._ink.faint(head(f"  {self._ended} of {self._total} steps{notice}", width))


def ended_line(done: Done, names: Names, ink: Ink) -> str:
    """How a step ended, in one line."""
    what = visible(said(done.step, names))
    if done.result is Result.DONE:
        return f"{ink.good('done')}     {what}{ink.faint(_took(done.seconds))}"
    if done.result is Result.SKIPPED:
        return f"{ink.warning('skipped')}  {what}{ink.faint(f'  {visible(done.error)}')}"
    return f"{ink.error('failed')}   {visible(done.error.partition(chr(10))[0])}"


def _took(seconds: float) -> str:
    return f"  {seconds:.1f} s" if seconds >= 0.05 else ""


@contextmanager
def progress(
    world: World, ink: Ink, names: Names, total: int, *, stop: threading.Event, quiet: bool
) -> Iterator[Reporter]:
    """The reporter that suits the terminal, kept moving while the block runs."""
    if quiet:
        yield Reporter()
    elif not world.is_live:
        yield Plain(world.stderr, ink, names, total)
    else:
        live = Live(world.stderr, ink, names, total, stop=stop, width=lambda: world.width)
        with _ticking(live):
            yield live


@contextmanager
def _ticking(live: Live) -> Iterator[None]:
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(_TICK):
            live.tick()

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        live.clear()
