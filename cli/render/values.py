"""Values of fields in one line, the way the stack file writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.render.cells import head, visible
from topology.units import show_duration, show_size

LONGEST = 48
"""Columns of a value; the JSON has all of it."""

_BYTES = {"mem_limit", "size"}
_SECONDS = {"interval", "timeout", "start_period", "start_interval", "stop_grace_period"}


def shown(name: str, value: Any) -> str:
    """`value` of the field `name` in at most LONGEST columns."""
    return head(visible(_text(name, value)), LONGEST)


def _text(name: str, value: Any) -> str:
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    if name in _BYTES and isinstance(value, int):
        return show_size(value)
    if name in _SECONDS and isinstance(value, (int, float)):
        return show_duration(value)
    if isinstance(value, str):
        return _short(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {_text(str(key), one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_text(name, one) for one in value)}]"
    return str(value)


def _short(text: str) -> str:
    """An image's id is known by its first twelve digits; an empty text would not be seen."""
    if text.startswith("sha256:") and len(text) == 71:
        return text[:19]
    return text or '""'
