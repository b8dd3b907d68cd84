"""Nothing: it was said already."""

from __future__ import annotations

from cli.render.ink import Look
from cli.report.said import Said


def nothing(_report: Said, _look: Look) -> str:
    """No further line."""
    return ""
