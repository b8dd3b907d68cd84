"""Waits for one engine's containers, by a clock that tests can turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Final

from msgspec import Struct

from reconciler.engines.daemon import Daemon, DaemonReader, Look
from reconciler.engines.judging import completed, works
from reconciler.errors import Conflict, EngineError, Rejected, Unavailable, Unhealthy
from reconciler.steps import WaitCompleted, WaitHealthy
from topology.models import Ready

LINES_OF_OUTPUT: Final = 5
"""How much of what a container or a command said is told where it fails."""

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5


class Waiting(Struct, frozen=True, kw_only=True):
    """Looks again and again, less often as time goes by. `clock` and `sleep` count in seconds."""

    reader: DaemonReader
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    def well(self, step: WaitHealthy, probe: Callable[[Ready], AbstractContextManager[Look]]) -> None:
        """Until a container is healthy, ready by what `probe` finds, and has stayed well for a while.

        Raises:
            Unhealthy: it did not become so, or did not stay so.
            EngineError: the engine could not be asked.
        """
        if step.ready:
            with probe(step.ready) as look:
                self._become_ready(step, look)
        else:
            self._become_healthy(step)
        self._stay_well(step)

    def end(self, step: WaitCompleted) -> None:
        """Until a container has ended with exit code 0. Raises as `well` does."""
        self.until(
            lambda: completed(self.reader.container(step.container)),
            step.within,
            f"{step.container[:40]} has not completed after {step.within:.0f} seconds",
        )

    def until(self, done: Callable[[], bool], within: float, otherwise: str | Callable[[], str]) -> None:
        """Until `done`, for so many seconds at most. Raises Unhealthy with the words of `otherwise`."""
        deadline, pause = self.clock() + within, _FIRST_PAUSE
        while not done():
            if self.clock() >= deadline:
                raise Unhealthy(otherwise if isinstance(otherwise, str) else otherwise())
            self.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _become_healthy(self, step: WaitHealthy) -> None:
        self.until(
            lambda: works(self.reader.container(step.container)),
            step.within,
            f"{step.container[:40]} is not healthy after {step.within:.0f} seconds",
        )

    def _become_ready(self, step: WaitHealthy, look: Look) -> None:
        """What keeps it from being ready is looked for once it runs and no health check speaks against it."""
        missing = "it is not healthy"

        def is_ready() -> bool:
            nonlocal missing
            raw = self.reader.container(step.container)
            try:
                missing = look(raw) if works(raw) else "it is not healthy"
            except (Conflict, Rejected, Unavailable) as error:  # it may just be starting again
                missing = str(error)
            return not missing

        self.until(
            is_ready,
            step.within,
            lambda: f"{step.container[:40]} is not ready after {step.within:g} seconds: {missing}",
        )

    def _stay_well(self, step: WaitHealthy) -> None:
        deadline = self.clock() + step.monitor
        while self.clock() < deadline:
            if not works(self.reader.container(step.container)):
                raise Unhealthy(f"{step.container[:40]} was healthy, and did not stay so")
            self.sleep(_LONGEST_PAUSE)


def given_up(daemon: Daemon, step: WaitHealthy) -> Iterator[str]:
    """Takes back a successor that does not work; a line for all that there is to tell."""
    with suppress(EngineError):
        for line in daemon.last_words(step.container, LINES_OF_OUTPUT).strip().splitlines():
            yield f"it said: {line}"
    if not step.discard:
        return
    try:
        daemon.remove_container(step.container, volumes=False)
        if step.revive:
            daemon.start(step.revive)
    except EngineError as error:
        yield f"it could not be taken back: {error}"
    else:
        yield "it was removed; the old container " + ("runs again" if step.revive else "serves on")
