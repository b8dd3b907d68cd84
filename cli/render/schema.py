"""`topo schema`: JSON."""

from __future__ import annotations

import json

from cli.render.ink import Look
from cli.report.schema import Schema


def as_json(report: Schema, _look: Look) -> str:
    """The schema alone."""
    return json.dumps(report.schema, indent=2, ensure_ascii=False)
