"""How values came to stand in a service although another place says them: extends, include, further files."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from topology.findings import Finding, Path, Related, Span
from topology.source import Map, Text, Value
from topology.structs import replace


class Bringing(Struct, frozen=True, kw_only=True):
    """What was merged into the part of the stack at `path`, and the place that says so."""

    path: Path
    value: Value
    message: str
    span: Span | None


class Brought(Struct):
    """All of them. Nothing is looked up unless something is wrong."""

    bringings: list[Bringing] = field(default_factory=list)

    def add(self, path: Path, value: Value, message: str, span: Span | None) -> None:
        """Remembers that `value` was merged at `path`."""
        self.bringings.append(Bringing(path=path, value=value, message=message, span=span))

    def explained(self, finding: Finding) -> Finding:
        """The finding, with where its value was merged if it stands elsewhere."""
        if not self.bringings or finding.span is None:
            return finding
        related = tuple(self._related(finding, finding.span))
        return replace(finding, related=(*finding.related, *related)) if related else finding

    def _related(self, finding: Finding, span: Span) -> Iterator[Related]:
        for bringing in self.bringings:
            concerns = not finding.path or finding.path[: len(bringing.path)] == bringing.path
            if concerns and bringing.span not in (None, span) and _holds(bringing.value, span):
                yield Related(message=bringing.message, span=bringing.span)


def _holds(value: Value, span: Span) -> bool:
    """Whether something in `value` begins where the span does."""
    todo: list[Value] = [value]
    while todo:
        here = todo.pop()
        if here is None:
            continue
        at = here.at
        if (at.file.name, at.line + 1) == (span.file, span.line):
            return True
        if isinstance(here, Map):
            todo.extend(key for key in here if isinstance(key, Text))
            todo.extend(here.values())
        elif not isinstance(here, Text):
            todo.extend(here)
    return False
