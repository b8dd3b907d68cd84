"""What a check found."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit
from cli.report.packets import NO_PACKETS, Packets
from topology.findings import Finding, Severity, Span
from topology.rules import Score

HOLDS = "holds"
VERDICTS = {
    "T101": "broken",
    "T102": "not provable",
    "T103": "not understood",
    "T104": "about nothing",
    "T409": "refuted by packets",
    "T410": "refuted by packets",
}
"""What a finding about a claim says of it."""


class Size(Struct, frozen=True, kw_only=True):
    """How much there is in a stack."""

    services: int
    networks: int
    claims: int


class ClaimLine(Struct, frozen=True, kw_only=True):
    """One claim and what became of it; `why` and `mend` are empty where it holds."""

    text: str
    verdict: str
    place: Span | None = None
    why: str = ""
    mend: str = ""
    waived: str = ""

    @property
    def holds(self) -> bool:
        return self.verdict == HOLDS


class Check(Struct, frozen=True, kw_only=True):
    """What a check found. `size` is None when the stack could not be loaded.

    `strict` and `verbose` are how it was asked for; `live` is the engine, where what runs was checked;
    `packets` what was sent there.
    """

    kind: ClassVar[str] = "check"

    stack: str | None
    size: Size | None
    strict: bool = False
    verbose: bool = False
    live: str = ""
    packets: Packets = NO_PACKETS
    score: Score | None = None
    claims: tuple[ClaimLine, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def code(self) -> Exit:
        if self.size is None:
            return Exit.FAILED
        return Exit.NO if self.failing else Exit.DONE

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the answer no."""
        return tuple(found for found in self.findings if self.fails(found))

    @property
    def waived(self) -> tuple[Finding, ...]:
        """The findings that are accepted for now."""
        return tuple(found for found in self.findings if found.waived)

    def fails(self, finding: Finding) -> bool:
        """Whether this finding alone makes the answer no."""
        heavy = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return finding.severity in heavy and not finding.waived

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of this weight that count."""
        return tuple(found for found in self.findings if found.severity is severity and not found.waived)

    def count(self, severity: Severity) -> int:
        return len(self.of(severity))


def claim_lines(
    texts: tuple[str, ...], places: tuple[Span | None, ...], findings: tuple[Finding, ...]
) -> tuple[ClaimLine, ...]:
    """Each claim with the first finding about it."""
    about: dict[int, Finding] = {}
    for found in findings:
        match found.path:
            case ("policy", "claims", int(index)) if found.code in VERDICTS:
                about.setdefault(index, found)
    return tuple(
        _line(text, place, about.get(index))
        for index, (text, place) in enumerate(zip(texts, places, strict=True))
    )


def _line(text: str, place: Span | None, found: Finding | None) -> ClaimLine:
    if found is None:
        return ClaimLine(text=text, verdict=HOLDS, place=place)
    return ClaimLine(
        text=text,
        verdict=VERDICTS[found.code],
        place=place,
        why=found.label,
        mend=found.mend,
        waived=found.waived,
    )
