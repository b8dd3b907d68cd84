"""`topo unlock` for people."""

from __future__ import annotations

from cli.render.cells import visible
from cli.render.ink import Look
from cli.report.unlock import Unlock


def text(report: Unlock, look: Look) -> str:
    """Who held the stack, a line each, or that nobody did."""
    if look.quiet:
        return ""
    if not report.freed:
        return f"nobody holds {visible(report.stack)}"
    return "\n".join(
        f"freed {visible(report.stack)} from {visible(one.holder)}{' (dead)' if one.dead else ''}"
        for one in report.freed
    )
