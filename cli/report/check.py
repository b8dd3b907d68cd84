"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cli.exits import Exit
from topology.findings import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is in a stack."""

    services: int
    networks: int
    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check found. `size` is None when the stack could not be loaded."""

    kind: ClassVar[str] = "check"

    stack: str | None
    size: Size | None
    strict: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def code(self) -> Exit:
        if self.size is None:
            return Exit.FAILED
        return Exit.NO if self.failing else Exit.DONE

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the answer no."""
        heavy = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return tuple(found for found in self.findings if found.severity in heavy)

    def count(self, severity: Severity) -> int:
        return sum(found.severity is severity for found in self.findings)
