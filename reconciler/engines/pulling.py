"""What an engine says while it fetches or builds an image → how far it has come, in a few words."""

from __future__ import annotations

import re
from typing import Any, Final

_STEP: Final = re.compile(r"Step (\d+/\d+) : (.+)")
_DONE: Final = frozenset({"Already exists", "Pull complete", "Download complete"})


class Layers:
    """The layers of an image that is fetched. The engine tells of each by itself."""

    def __init__(self) -> None:
        self._come: dict[str, int] = {}
        self._whole: dict[str, int] = {}
        self._unpacked: set[str] = set()

    def told(self, line: dict[str, Any]) -> str:
        """`12.3 of 57.0 MB, 2 of 5 layers`; the sizes of layers become known one after another."""
        layer, status = line.get("id"), line.get("status")
        detail = line.get("progressDetail") or {}
        if layer is None or status is None or str(status).startswith("Pulling from"):
            return ""
        self._whole.setdefault(layer, 0)
        if status == "Downloading" and detail.get("total"):
            self._come[layer], self._whole[layer] = detail.get("current", 0), detail["total"]
        elif status in _DONE:
            self._come[layer] = self._whole[layer]
            if status != "Download complete":
                self._unpacked.add(layer)
        come, whole = sum(self._come.values()), sum(self._whole.values())
        size = [f"{come / 1e6:.1f} of {whole / 1e6:.1f} MB"] if whole else []
        return ", ".join([*size, f"{len(self._unpacked)} of {len(self._whole)} layers"])


def built(line: dict[str, Any]) -> str:
    """`3/7 RUN pip install flask`; nothing for what a command of the build prints."""
    found = _STEP.match(str(line.get("stream") or ""))
    return f"{found[1]} {found[2].strip()}" if found else ""
