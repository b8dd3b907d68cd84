"""Why a command has no result, for people."""

from __future__ import annotations

from cli.render.cells import visible
from cli.render.frame import framed
from cli.render.ink import Ink, Look
from cli.render.words import counted
from cli.report import Fault
from topology.findings import Severity


def text(report: Fault, look: Look) -> str:
    """The findings of a stack that cannot be used, or a message and, a line each, what to do."""
    frames = [framed(found, look.ink) for found in report.findings]
    return "\n\n".join([*frames, _closing(report, look.ink)])


def _closing(report: Fault, ink: Ink) -> str:
    errors = sum(found.severity is Severity.ERROR for found in report.findings)
    counts = f": {counted(errors, 'error')}" if errors else ""
    lines = [f"{ink.error('error')}: {visible(report.message)}{counts}"]
    return "\n".join([*lines, *(f"  = {visible(hint)}" for hint in report.hints)])
