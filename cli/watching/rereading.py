"""Reads the stack's files again once they have changed."""

from __future__ import annotations

from cli.options import StackOptions
from cli.report.news import Event
from cli.watching.stamps import behind
from cli.watching.telling import Teller
from cli.wiring import read as read_stack
from cli.world import World
from topology.findings import StackError
from topology.load import Loaded


class Rereading:
    """Remembers how the files were when they were read. Standard input cannot be read twice."""

    def __init__(self, read: Loaded, options: StackOptions, world: World, tell: Teller) -> None:
        self._options = options
        self._world = world
        self._tell = tell
        self._name = read.stack.name
        self._stamps = behind(read, options, world)

    def __call__(self, must: bool) -> Loaded | None:
        """The stack as the files have it now; None while they are as before, or cannot be used."""
        now = self._stamps.again()
        if "-" in self._options.files or (now == self._stamps and not must):
            return None
        self._stamps = now
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
