"""`topo check` for people: what fails in full, what is only good to know in few lines, then the sum of it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render import packets
from cli.render.cells import visible
from cli.render.frame import framed, heading
from cli.render.ink import PLAIN, Ink, Look
from cli.render.words import counted, listed, some
from cli.report.check import Check, Size
from topology.findings import Finding, Severity

FRAMED_WARNINGS = 3
"""So many warnings are shown with their lines; where there are more, only those about reach."""

NAMED = 6
"""So many services or lines are named when findings of one rule share a line."""


def text(report: Check, look: Look) -> str:
    """The findings and the summary; quiet, only what fails the check."""
    ink = look.ink
    if look.quiet:
        return "\n\n".join(framed(found, ink) for found in report.failing)
    shown = [found for found in report.findings if not found.waived and _in_full(found, report)]
    short = [found for found in report.findings if not found.waived and found not in shown]
    blocks = [framed(found, ink) for found in _gravest_first(shown)]
    blocks.append("\n".join(_folded(_gravest_first(short), ink)))
    blocks.append("\n".join(_waived(found, ink) for found in report.waived))
    blocks.append("\n".join(packets.table(report.packets, ink, verbose=report.verbose)))
    blocks.append("\n".join(_closing(report, ink)))
    return "\n\n".join(filter(None, blocks))


def summary(report: Check, ink: Ink = PLAIN) -> str:
    """`2 errors, 1 warning`, or `ok: 3 services, 2 networks, 4 claims hold`; and where they run."""
    return _verdict(report, ink) + (f", as it runs on {visible(report.live)}" if report.live else "")


def _verdict(report: Check, ink: Ink) -> str:
    worst = ink.error if report.code else ink.good
    found = ", ".join(
        counted(number, severity.value) for severity in Severity if (number := report.count(severity))
    )
    waived = f", {len(report.waived)} waived" if report.waived else ""
    if report.size is None or report.count(Severity.ERROR):
        return worst(found) + waived
    if report.failing:
        verb = "fails" if report.count(Severity.WARNING) == 1 else "fail"
        return worst(f"{counted(report.count(Severity.WARNING), 'warning')} {verb} a strict check") + waived
    return f"{worst(f'ok, {found}' if found else 'ok')}{waived}: {_size(report, report.size)}"


def least_privilege(report: Check) -> str:
    """How many pairs nobody asked for; empty where nobody reaches anybody."""
    score = report.score
    if score is None or not score.reachable:
        return ""
    pairs = f"{score.reachable:,} {'pair' if score.reachable == 1 else 'pairs'}"
    reach = "reaches each other" if score.reachable == 1 else "reach each other"
    return f"least privilege: {pairs} {reach}, {score.excess:,} of them without need"


def _in_full(found: Finding, report: Check) -> bool:
    if report.verbose or found.severity is Severity.ERROR:
        return True
    if found.severity is Severity.NOTE:
        return False
    return report.count(Severity.WARNING) <= FRAMED_WARNINGS or found.code.startswith("T1")


def _gravest_first(findings: list[Finding]) -> list[Finding]:
    """As they stand in the file within a severity."""
    return sorted(findings, key=lambda found: found.severity.rank)


def _folded(findings: list[Finding], ink: Ink) -> Iterator[str]:
    """A line for each rule: the finding itself, or whom it is about."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for found in findings:
        groups.setdefault((found.severity, found.code), []).append(found)
    for group in groups.values():
        yield heading(group[0], ink, group[0].message if len(group) == 1 else _together(group))


def _together(group: list[Finding]) -> str:
    """`image without a version: api, db and 4 more`."""
    names = list(dict.fromkeys(str(found.path[1]) for found in group if found.path[:1] == ("services",)))
    lines = list(dict.fromkeys(str(found.span.line) for found in group if found.span))
    if len(names) > 1 or not lines:
        return f"{title(group[0].code)}: {some(names, NAMED)}"
    return f"{title(group[0].code)}: {'line' if len(lines) == 1 else 'lines'} {some(lines, NAMED)}"


def title(code: str) -> str:
    """What a rule is about, in a few words."""
    from topology.codes import TITLES
    from topology.rules import LIVE_RULES, RULES

    return TITLES.get(code) or next(rule.title for rule in (*RULES, *LIVE_RULES) if rule.code == code)


def _waived(found: Finding, ink: Ink) -> str:
    return f"{heading(found, ink)}\n  {ink.faint('=')} {visible(f'waived: {found.waived}')}"


def _closing(report: Check, ink: Ink) -> Iterator[str]:
    if line := least_privilege(report):
        excess = report.score.excess if report.score else 0
        yield ink.warning(line) if excess else line
    if line := packets.summary(report.packets):
        yield line
    yield summary(report, ink)


def _size(report: Check, size: Size) -> str:
    parts = [counted(size.services, "service"), counted(size.networks, "network")]
    if not size.claims:
        return listed(parts) + ", no claims"
    holding = sum(claim.holds for claim in report.claims)
    if report.claims and holding < size.claims:
        return ", ".join([*parts, f"{holding} of {counted(size.claims, 'claim')} hold"])
    return ", ".join([*parts, counted(size.claims, "claim") + (" holds" if size.claims == 1 else " hold")])
