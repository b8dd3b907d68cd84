"""Reads the stack's files again once they have changed, and whoever writes them is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from cli.options import StackOptions
from cli.report.news import Event
from cli.watching.stamps import Stamps, behind
from cli.watching.telling import Teller
from cli.wiring import read as read_stack
from cli.world import World
from topology.findings import StackError
from topology.load import Loaded

STILL: Final = 1.0
"""Seconds for which what says the stack stands still before it is read: half of a file may be a valid one."""


class Rereading:
    """Remembers how the files were when they were read. Standard input cannot be read twice."""

    def __init__(
        self,
        read: Loaded,
        options: StackOptions,
        world: World,
        tell: Teller,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._world = world
        self._tell = tell
        self._name = read.stack.name
        self._clock = clock
        self._moving: tuple[Stamps, float] | None = None
        self._stamps = behind(read, options, world)

    @property
    def is_moving(self) -> bool:
        """Whether somebody may still be writing what says the stack."""
        return self._moving is not None

    def __call__(self, must: bool) -> Loaded | None:
        """The stack as the files have it now; None while they are as before, or cannot be used."""
        now = self._stamps.again()
        if "-" in self._options.files or (now == self._stamps and not must):
            self._moving = None
            return None
        if self._moves(now) and not must:
            return None
        self._stamps, self._moving = now, None
        try:
            found = read_stack(self._options, self._world)
        except StackError as error:
            hints = tuple(f"{one.span}: {one.message}" if one.span else one.message for one in error.findings)
            self._tell(Event.REFUSED, message="what it said before still counts", hints=hints)
            return None
        if found.stack.name != self._name:
            self._tell(Event.REFUSED, message=f"it is about the stack {found.stack.name} now")
            return None
        self._stamps = behind(found, self._options, self._world)
        return found

    def _moves(self, now: Stamps) -> bool:
        """Whether what says the stack has changed a moment ago; what only goes into containers may."""
        if now.saying == self._stamps.saying:
            return False
        if self._moving is None or self._moving[0].saying != now.saying:
            self._moving = now, self._clock()
        return self._clock() - self._moving[1] < STILL
