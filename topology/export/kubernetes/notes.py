"""What Kubernetes cannot say or says otherwise: collected with its path, and placed in the file later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from topology.findings import Finding, Path, Severity

UNSAID: Final = "T501"
"""Kubernetes cannot say it."""
OTHERWISE: Final = "T502"
"""It means something else in Kubernetes."""
CLOSED: Final = "T503"
"""What policies open is not what somebody may expect."""
TO_DO: Final = "T504"
"""Something is left to do before it runs there."""


class Notes:
    """The findings of one export, in the order in which they came up; each is told once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, Path], Finding] = {}

    def __iter__(self) -> Iterator[Finding]:
        return iter(tuple(self._found.values()))

    def note(self, code: str, message: str, path: Path = (), *, mend: str = "") -> None:
        """Something good to know."""
        self._add(code, Severity.NOTE, message, path, mend)

    def warn(self, code: str, message: str, path: Path = (), *, mend: str = "") -> None:
        """Something that keeps the stack from running as it does on Docker, unless somebody looks at it."""
        self._add(code, Severity.WARNING, message, path, mend)

    def _add(self, code: str, severity: Severity, message: str, path: Path, mend: str) -> None:
        found = Finding(code=code, severity=severity, message=message, path=path, mend=mend)
        self._found.setdefault((code, message, path), found)
