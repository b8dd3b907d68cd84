"""What should be known about a stack file, beside the result of a command that is not `topo check`."""

from __future__ import annotations

from collections.abc import Iterable

from cli.render.frame import heading
from cli.render.ink import Ink
from cli.render.words import counted
from topology.findings import Finding, Severity

MOST = 5
"""Warnings that are shown; a check shows all of them, with their lines."""


def text(findings: Iterable[Finding], ink: Ink) -> str:
    """The warnings, a line each; notes are left to a check."""
    warnings = [found for found in findings if found.severity is Severity.WARNING]
    lines = [heading(found, ink) for found in warnings[:MOST]]
    if len(warnings) > MOST:
        lines.append(f"and {counted(len(warnings) - MOST, 'more warning')}: see topo check")
    return "\n".join(lines)
