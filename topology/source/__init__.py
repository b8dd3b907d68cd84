"""Text files as values that know where they stand."""

from __future__ import annotations

from topology.source.files import read
from topology.source.places import SourceMap
from topology.source.values import Map, Mark, Marked, Seq, Text, Typed, Value
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
    "parse",
    "read",
    "understand",
]
