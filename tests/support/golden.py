"""Outputs that are reviewed as files: a change shows as a difference in `tests/data/reports`."""

from __future__ import annotations

import os
from pathlib import Path

REPORTS = Path(__file__).parent.parent / "data" / "reports"


def matches(text: str, name: str) -> None:
    """Asserts that `text` is what the file holds; with TOPO_UPDATE_GOLDEN set it is written instead."""
    path = REPORTS / name
    if os.environ.get("TOPO_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8"), (
        f"differs from {path}; TOPO_UPDATE_GOLDEN=1 renews it"
    )
