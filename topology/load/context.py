"""What a stack file is read against, and what was found wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

from msgspec import Struct, field

from topology.codes import UNREADABLE
from topology.findings import Finding, Path, Severity, StackError
from topology.load.brought import Brought
from topology.load.words import error
from topology.source import Text

PORTS_LIMIT = 100_000
"""How many ports the ranges of a stack may stand for: one line can stand for sixty-five thousand."""


class Context(Struct, kw_only=True):
    """The folder that relative paths start from, the variables and profiles, and what happened so far.

    A file is read to its end whatever is wrong in it, so findings gather here; so does what could not be
    read (`unread`: paths that are not judged), what came from elsewhere, what ranges cost, and the services
    that are `provided` by somebody else, and the variables of services that come `from_files`. `directory`
    is where the command runs: messages name files as seen from there.
    """

    folder: FilePath
    shown: str
    variables: Mapping[str, str]
    directory: FilePath = FilePath()
    profiles: frozenset[str] = frozenset()
    engine: str | None = None
    findings: list[Finding] = field(default_factory=list)
    unread: set[Path] = field(default_factory=set)
    brought: Brought = field(default_factory=Brought)
    ports_left: int = PORTS_LIMIT
    provided: set[str] = field(default_factory=set)
    from_files: dict[str, frozenset[str]] = field(default_factory=dict)

    def refuse(self, refused: StackError, name: Text) -> None:
        """Keeps what is wrong with another file; one that cannot be read is pointed at where it is named."""
        self.findings.extend(_as_named(finding, name) for finding in refused.findings)


def _as_named(finding: Finding, name: Text) -> Finding:
    if finding.code == UNREADABLE and finding.severity is Severity.ERROR:
        return error(finding.code, finding.message, mend=finding.mend, span=name.at.span())
    return finding
