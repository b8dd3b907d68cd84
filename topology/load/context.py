"""What a stack file is read against, and what was found wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from topology.findings import Finding

PORTS_LIMIT = 100_000
"""How many ports the ranges of a stack may stand for: one line can stand for sixty-five thousand."""


@dataclass(slots=True, kw_only=True)
class Context:
    """The folder that relative paths start from, the variables and profiles, and what happened so far.

    A file is read to its end whatever is wrong in it, so findings gather here; so does what ranges cost.
    """

    folder: FilePath
    shown: str
    variables: Mapping[str, str]
    profiles: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
    ports_left: int = PORTS_LIMIT
