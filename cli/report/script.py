"""A plan as docker commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cli.exits import Exit
from cli.report.plan import ObstacleLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A value that the script does not hold: the variable that it is read from, and what it is."""

    variable: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What does one step, under what it does in words."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
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
