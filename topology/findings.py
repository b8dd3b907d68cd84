"""What is wrong with a stack, as values: found with a path, placed in a file later.

Code that checks knows where it is *inside the stack* (`services.web.ports[0]`); only the source map
knows which file and line that is. So a finding is made with a path, and `SourceMap.place` gives it a
span. Findings are collected, never thrown one at a time: `StackError` carries all of a file at once.
"""

from __future__ import annotations

import enum
from typing import TypeAlias

from msgspec import Struct

Path: TypeAlias = tuple[str | int, ...]
"""Where in a stack: keys and list positions from the top, such as `("services", "web", "ports", 0)`."""


MOST = 200
"""How many faults of one kind are told: nobody reads further, and to find the rest could take minutes."""


class Severity(enum.Enum):
    """How much a finding weighs; only an error fails a check by itself."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the gravest, so that sorting puts errors first."""
        return list(Severity).index(self)


class Span(Struct, frozen=True, kw_only=True, order=True):
    """A stretch of one line of a file. Line and column count from 1; `width` is in characters.

    `text` is the whole line, without its line break, so that a span can be shown without the file; whoever
    shows it hides what looks like a secret (`topology.secrets.hidden`).
    """

    file: str
    line: int
    column: int
    width: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Related(Struct, frozen=True, kw_only=True):
    """A second place that explains a finding; shown as `= MESSAGE at FILE:LINE:COLUMN`."""

    message: str
    path: Path = ()
    span: Span | None = None


class Missing(Struct, frozen=True, kw_only=True):
    """What the stack file asks for at `path` and that cannot be had, and what to do about it."""

    path: Path
    message: str
    mend: str


class Finding(Struct, frozen=True, kw_only=True):
    """One thing to tell the author of a stack.

    `message` is one sentence in the user's words with the value seen, `label` stands under the caret
    and says why, `mend` says what to do. `word` is position and width of the part that is meant of the text
    at `path`; `waived` is why the finding is accepted for now.
    """

    code: str
    severity: Severity
    message: str
    path: Path = ()
    label: str = ""
    mend: str = ""
    related: tuple[Related, ...] = ()
    word: tuple[int, int] | None = None
    waived: str = ""
    span: Span | None = None

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """Sorts findings by place, then by weight and code."""
        span = self.span
        place = (span.file, span.line, span.column) if span else ("", 0, 0)
        return (*place, self.severity.rank, self.code, self.message)


class StackError(Exception):
    """What the user wrote cannot be used. Carries every fault that was found, never none."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{found.code} {found.message}" for found in findings))
        self.findings = findings
