"""What a command has to tell, as values. Text and JSON are both written from these, and from nothing else."""

from __future__ import annotations

from typing import ClassVar, Protocol

from msgspec import Struct

from cli.exits import Exit
from topology.findings import Finding


class Report(Protocol):
    """The result of a command. Its fields, in their order, are its JSON."""

    kind: ClassVar[str]

    @property
    def code(self) -> int:
        """What the shell is told."""


class Told(Struct, frozen=True, kw_only=True):
    """All that a command had to tell was shown as it happened."""

    kind: ClassVar[str] = "told"

    @property
    def code(self) -> Exit:
        return Exit.DONE


class Fault(Struct, frozen=True, kw_only=True):
    """Why a command has no result. `hints` say what was tried and what to do."""

    kind: ClassVar[str] = "fault"

    code: Exit
    message: str
    hints: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
