"""What a stack file is read against, and what was found wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from topology.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The folder that relative paths start from, variables, active profiles, and the findings so far.

    The list of findings is the one thing that grows: a file is read to its end whatever is wrong in it.
    """

    folder: FilePath
    shown: str
    variables: Mapping[str, str]
    profiles: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)
