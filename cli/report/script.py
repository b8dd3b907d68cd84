"""A plan as docker commands."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit
from cli.report.plan import ObstacleLine


class Ask(Struct, frozen=True, kw_only=True):
    """A value that the script does not hold: the variable that it is read from, and what it is."""

    variable: str
    what: str


class Commands(Struct, frozen=True, kw_only=True):
    """What does one step, under what it does in words."""

    title: str
    lines: tuple[str, ...]


class Script(Struct, frozen=True, kw_only=True):
    """A plan as commands. `functions` are those that the commands call; `detailed`: as of a plan."""

    kind: ClassVar[str] = "script"

    stack: str
    engine: str
    asks: tuple[Ask, ...] = ()
    functions: tuple[str, ...] = ()
    commands: tuple[Commands, ...] = ()
    obstacles: tuple[ObstacleLine, ...] = ()
    detailed: bool = False

    @property
    def code(self) -> Exit:
        if self.obstacles:
            return Exit.FAILED
        return Exit.NO if self.detailed and self.commands else Exit.DONE
