"""Findings for people: the place, the line it is on, a caret under the words that matter, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cli.render.cells import TAB, head, tail, visible, width
from cli.render.ink import PLAIN, Ink
from topology.findings import Finding, Related, Severity, Span
from topology.secrets import hidden

WINDOW = 100
"""Columns of a source line that are shown; a longer one is cut around its caret."""

_BEFORE = 30
"""Columns kept in front of a caret when a line is cut."""


def framed(finding: Finding, ink: Ink = PLAIN) -> str:
    """One finding, several lines, without a final line break."""
    return "\n".join(_lines(finding, ink))


def heading(finding: Finding, ink: Ink = PLAIN, message: str = "") -> str:
    """The first line, which editors and other programs read: place, severity, code, message."""
    place = f"{visible(str(finding.span))}: " if finding.span else ""
    kind = _COLOURS[finding.severity](ink)(f"{finding.severity.value} {finding.code}")
    return f"{ink.strong(place)}{kind}: {ink.strong(visible(message or finding.message))}"


def _lines(finding: Finding, ink: Ink) -> Iterator[str]:
    colour = _COLOURS[finding.severity](ink)
    span = finding.span
    yield heading(finding, ink)
    gutter = " " * len(str(span.line)) if span else " "
    if span and span.text.strip():
        yield from _source(span, finding.label, gutter, colour, ink)
    elif finding.label:
        yield f"{gutter} {ink.faint('=')} {visible(finding.label)}"
    for help_line in _help(finding):
        yield f"{gutter} {ink.faint('=')} {help_line}"


def _source(span: Span, label: str, gutter: str, colour: Callable[[str], str], ink: Ink) -> Iterator[str]:
    before, marked, after = _cut(span)
    caret = "^" * max(1, width(marked))
    bar = ink.faint(f"{gutter} |")
    yield bar
    yield f"{ink.faint(f'{span.line} |')} {before}{marked}{after}".rstrip()
    yield f"{bar} {' ' * width(before)}{colour(caret)} {visible(label)}".rstrip()


def _cut(span: Span) -> tuple[str, str, str]:
    """The line in front of the span, under it and behind it, cut to what a person can read."""
    start = span.column - 1
    end = start + max(1, span.width)
    line = hidden(span.text)
    before, marked, after = _flat(line[:start]), _flat(line[start:end]), _flat(line[end:])
    if width(before) + width(marked) + width(after) <= WINDOW:
        return before, marked, after
    before = tail(before, max(_BEFORE, WINDOW - width(marked) - width(after)))
    marked = head(marked, WINDOW - width(before))
    return before, marked, head(after, WINDOW - width(before) - width(marked))


def _flat(text: str) -> str:
    return visible(text.replace("\t", " " * TAB))


def _help(finding: Finding) -> tuple[str, ...]:
    """What explains a finding and what mends it; a single explanation and its mend share a line."""
    explained = tuple(map(_explained, finding.related))
    mend = visible(finding.mend)
    if len(explained) == 1 and mend:
        return (f"{explained[0]}; {mend}",)
    return (*explained, mend) if mend else explained


def _explained(related: Related) -> str:
    place = f" at {visible(str(related.span))}" if related.span else ""
    return f"{visible(related.message)}{place}"


_COLOURS: Mapping[Severity, Callable[[Ink], Callable[[str], str]]] = {
    Severity.ERROR: lambda ink: ink.error,
    Severity.WARNING: lambda ink: ink.warning,
    Severity.NOTE: lambda ink: ink.note,
}
