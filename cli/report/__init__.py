"""What a command has to tell, as values. Text and JSON are both written from these, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from cli.exits import Exit
from topology.findings import Finding


class Report(Protocol):
    """The result of a command. Its fields, in their order, are its JSON."""

    kind: ClassVar[str]

    @property
    def code(self) -> int:
        """What the shell is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that a command had to tell was shown as it happened."""

    kind: ClassVar[str] = "told"

    @property
    def code(self) -> Exit:
        return Exit.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a command has no result. `hints` say what was tried and what to do."""

    kind: ClassVar[str] = "fault"

    code: Exit
    message: str
    hints: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
