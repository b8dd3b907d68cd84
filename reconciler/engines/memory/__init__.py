"""A model of a Docker daemon, kept in memory or in a file."""

from __future__ import annotations

from reconciler.engines.memory.daemon import MemoryDaemon, Registry, anything, nothing
from reconciler.engines.memory.generation import MIDDLE, NEW, OLD, Generation
from reconciler.engines.memory.life import Life, Script, usual

__all__ = [
    "MIDDLE",
    "NEW",
    "OLD",
    "Generation",
    "Life",
    "MemoryDaemon",
    "Registry",
    "Script",
    "anything",
    "nothing",
    "usual",
]
