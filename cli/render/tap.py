"""`topo check` as TAP 14: a point for each claim, then one for each rule that found something."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct

from cli.render.check import summary, title
from cli.render.ink import Look
from cli.report.check import Check, ClaimLine
from topology.findings import Finding

CLAIM_CODES = frozenset({"T101", "T102", "T103", "T104", "T409", "T410"})


class Point(Struct, frozen=True, kw_only=True):
    """One test point; `waived` makes it a TODO, which may fail without failing the run."""

    ok: bool
    name: str
    waived: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def text(report: Check, _look: Look) -> str:
    """The stream; a stack that cannot be read bails out after its points."""
    points = [*map(_claim, report.claims), *_rules(report)]
    lines = ["TAP version 14", f"1..{len(points)}"]
    if not points:
        lines[1] += " # SKIP nothing is claimed and nothing was found"
    for number, point in enumerate(points, 1):
        lines += _point(number, point)
    if report.size is None:
        lines.append("Bail out! the stack cannot be used")
    return "\n".join([*lines, f"# {_escaped(summary(report))}"])


def _claim(claim: ClaimLine) -> Point:
    place = (("at", str(claim.place)),) if claim.place and not claim.holds else ()
    why = (("message", claim.why), ("mend", claim.mend)) if not claim.holds else ()
    verdict = "" if claim.holds else f" ({claim.verdict})"
    return Point(ok=claim.holds, name=claim.text + verdict, waived=claim.waived, notes=(*why, *place))


def _rules(report: Check) -> Iterator[Point]:
    """A point for each finding of a rule; what does not fail the check is ok with a note."""
    for found in report.findings:
        if found.code not in CLAIM_CODES:
            name = f"{found.code} {title(found.code)}"
            ok = not report.fails(found) and not found.waived
            yield Point(ok=ok, name=name, waived=found.waived, notes=tuple(_notes(found)))


def _notes(found: Finding) -> Iterator[tuple[str, str]]:
    yield "severity", found.severity.value
    yield "message", ". ".join(filter(None, (found.message, found.label)))
    if found.mend:
        yield "mend", found.mend
    if found.span:
        yield "at", str(found.span)


def _point(number: int, point: Point) -> Iterator[str]:
    todo = f" # TODO waived: {_escaped(point.waived)}" if point.waived else ""
    yield f"{'ok' if point.ok else 'not ok'} {number} - {_escaped(point.name)}{todo}"
    if point.notes:
        yield "  ---"
        yield from (f"  {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in point.notes)
        yield "  ..."


def _escaped(words: str) -> str:
    """On one line, its hashes and backslashes no directive."""
    return words.replace("\\", "\\\\").replace("#", "\\#").replace("\n", " ").replace("\r", " ")
