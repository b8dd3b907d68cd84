"""Single values: a line for each thing; of several values of one thing, with commas between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cli.render.cells import visible
from cli.render.ink import Look
from cli.report.value import Value


def text(report: Value, _look: Look) -> str:
    """Without any ornament; an empty line for what has none."""
    return "\n".join(visible(_plain(value)) for value in report.values)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and not any(isinstance(one, (Mapping, list)) for one in value):
        return ",".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (Mapping, list)) else str(value)
