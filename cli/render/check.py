"""`topo check` for people: each finding where it is, then one line that sums up."""

from __future__ import annotations

from cli.render.frame import framed
from cli.render.ink import PLAIN, Ink, Look
from cli.render.words import counted, listed
from cli.report.check import Check, Size
from topology.findings import Severity


def text(report: Check, look: Look) -> str:
    """The findings and the summary; quiet, only what fails the check."""
    shown = report.failing if look.quiet else report.findings
    frames = [framed(found, look.ink) for found in shown]
    return "\n\n".join(frames if look.quiet else [*frames, summary(report, look.ink)])


def summary(report: Check, ink: Ink = PLAIN) -> str:
    """`2 errors, 1 warning`, or `ok: 3 services, 2 networks, 4 claims hold`."""
    worst = ink.error if report.code else ink.good
    found = ", ".join(
        counted(number, severity.value) for severity in Severity if (number := report.count(severity))
    )
    if report.size is None or report.count(Severity.ERROR):
        return worst(found)
    if report.failing:
        verb = "fails" if report.count(Severity.WARNING) == 1 else "fail"
        return worst(f"{counted(report.count(Severity.WARNING), 'warning')} {verb} a strict check")
    return f"{worst(f'ok, {found}' if found else 'ok')}: {_size(report.size)}"


def _size(size: Size) -> str:
    parts = [counted(size.services, "service"), counted(size.networks, "network")]
    if not size.claims:
        return listed(parts) + ", no claims"
    return ", ".join([*parts, counted(size.claims, "claim") + (" holds" if size.claims == 1 else " hold")])
