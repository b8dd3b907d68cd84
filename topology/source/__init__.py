"""Text files as values that know where they stand."""

from __future__ import annotations

from topology.source.files import is_missing, read, real
from topology.source.places import SourceMap
from topology.source.scalars import is_text
from topology.source.values import Map, Mark, Marked, Seq, Text, Typed, Value, stands_bare
from topology.source.yaml import parse, understand

__all__ = [
    "Map",
    "Mark",
    "Marked",
    "Seq",
    "SourceMap",
    "Text",
    "Typed",
    "Value",
    "is_missing",
    "is_text",
    "parse",
    "read",
    "real",
    "stands_bare",
    "understand",
]
