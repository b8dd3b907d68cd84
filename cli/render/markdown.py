"""Reports for pull requests and job summaries: GitHub's markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cli.render.cells import visible
from cli.render.check import least_privilege, summary
from cli.render.ink import Look
from cli.report.check import Check, ClaimLine
from cli.report.rules import Rules
from topology.findings import Finding


def check(report: Check, _look: Look) -> str:
    """The claims with their verdicts, then what was found."""
    blocks = [f"### topo check: {cell(report.stack or 'not read')}", _closing(report)]
    if report.claims:
        blocks.append(table(("", "claim", "verdict"), map(_claim, report.claims)))
    found = [one for one in report.findings if one.path[:2] != ("policy", "claims") or not report.claims]
    if found:
        blocks.append(table(("", "where", "what", "what to do"), map(_finding, found)))
    return "\n\n".join(blocks)


def rules(report: Rules, _look: Look) -> str:
    """The documentation of every rule."""
    rows = ((one.rule, one.severity, one.title, one.why, one.mend) for one in report.rules)
    return table(("code", "severity", "what", "why", "what to do"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what a cell must not hold is escaped."""
    lines: Iterator[Sequence[str]] = (tuple(map(cell, row)) for row in rows)
    shown = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)


def cell(words: str) -> str:
    """`words` as text and nothing else, on one line of a table."""
    escaped = "".join(
        f"\\{one}" if one in "\\`*_[]<>|#" else one for one in visible(words.replace("\n", " "))
    )
    return escaped.replace("@", "@\u200b")


def _claim(claim: ClaimLine) -> tuple[str, str, str]:
    if claim.waived:
        return "⚪", claim.text, f"{claim.verdict}, waived: {claim.waived}"
    return (
        ("✅" if claim.holds else "❌"),
        claim.text,
        ". ".join(filter(None, (claim.verdict, claim.why, claim.mend))),
    )


def _finding(found: Finding) -> tuple[str, str, str, str]:
    place = f"{found.span.file}:{found.span.line}" if found.span else ""
    kind = f"waived {found.code}" if found.waived else f"{found.severity.value} {found.code}"
    what = ". ".join(filter(None, (found.message, found.label)))
    return kind, place, what, found.waived or found.mend


def _closing(report: Check) -> str:
    return "  \n".join(filter(None, (f"**{cell(summary(report))}**", cell(least_privilege(report)))))
