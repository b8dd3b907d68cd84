"""Stack files → a checked `Stack`, or every fault in them at once."""

from __future__ import annotations

from topology.load.load import Loaded, load

__all__ = ["Loaded", "load"]
