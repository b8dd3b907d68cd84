"""`topo check --rules` and `topo explain T101` for people."""

from __future__ import annotations

from cli.render.cells import padded, width
from cli.render.ink import Ink, Look
from cli.report.rules import RuleLine, Rules

NOTE_ON_POLICY = (
    "topo explain CODE says why; policy.rules: {CODE: off, note, warning or error} changes the weight"
)


def text(report: Rules, look: Look) -> str:
    """A line for each rule: code, weight, title."""
    wide = max(width(rule.severity) for rule in report.rules)
    lines = [
        f"{look.ink.strong(one.rule)}  {padded(one.severity, wide)}  {one.title}" for one in report.rules
    ]
    return "\n".join([*lines, "", look.ink.faint(NOTE_ON_POLICY)])


def one(report: RuleLine, look: Look) -> str:
    """All that there is to say about a rule."""
    ink: Ink = look.ink
    lines = [
        f"{ink.strong(f'{report.rule} {report.title}')} ({report.severity})",
        "",
        f"  why         {report.why}",
        f"  what to do  {report.mend}",
    ]
    if not report.rule.startswith("T0"):
        lines += ["", f"  policy.rules: {{{report.rule}: off}}", f"  policy.waive: [{_waiver(report.rule)}]"]
    return "\n".join(lines)


def _waiver(rule: str) -> str:
    return f"{{rule: {rule}, service: NAME, reason: WHY, until: 2027-01-31}}"
