"""The parser's words for bad YAML → ours."""

from __future__ import annotations

from typing import Any

import yaml

from topology.codes import SYNTAX
from topology.findings import Finding, Related, Severity
from topology.source.values import File, Place, place_at

_INDENT = "compare its indentation with the lines above"
_QUOTE = 'put the value in "quotes"'
_COMMA = 'a comma or "]" is missing before this'
_COMMA_BRACE = 'a comma or "}" is missing before this'
_BACKSLASH = "double the backslash, or use 'single quotes'"
_BLOCK = "this line does not fit the block it stands in"
_LIST = "a list cannot begin here"
_BELOW = "begin it on the next line, indented"
_GOES_ON = "the text goes on after its value ended"
_NO_ESCAPE = "no such escape in double quotes"
_CONTROL = "a control character cannot stand here"

_INSIDE_QUOTES = ("unexpected end of stream", "unexpected document indicator")
_WITHOUT_COLON = ("a key without its colon", 'write "key:" or "key: value"')

_WORDS: tuple[tuple[str, str, str], ...] = (
    # what libyaml or PyYAML says · what we say · what to do
    ("cannot start any token", "this character cannot begin a value", _QUOTE),
    ("mapping values are not allowed", "a second colon would begin another mapping", _QUOTE),
    ("did not find expected key", _BLOCK, _INDENT),
    ("expected <block end>", _BLOCK, _INDENT),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list it stands in",
        'begin it with "- "',
    ),
    ("could not find expected ':'", *_WITHOUT_COLON),
    ("sequence entries are not allowed", _LIST, _BELOW),
    ("mapping keys are not allowed", "a key cannot stand here", _INDENT),
    ("expected ',' or ']'", "this list is not closed", _COMMA),
    ("expected ',' or '}'", "this mapping is not closed", _COMMA_BRACE),
    ("did not find expected node content", "a value is missing, or what is open is never closed", ""),
    ("expected the node content", "a value is missing, or what is open is never closed", ""),
    *((ending, "these quotes are never closed", "close them") for ending in _INSIDE_QUOTES),
    ("escape", _NO_ESCAPE, _BACKSLASH),
    ("expected <document start>", _GOES_ON, _INDENT),
    ("expected '<document start>'", _GOES_ON, _INDENT),
    ("control characters are not allowed", _CONTROL, "take it out"),
    ("special characters are not allowed", _CONTROL, "take it out"),
    ("undefined tag handle", "a tag that means nothing here", "take it out"),
    ("found unexpected ':'", "a colon cannot stand here", _QUOTE),
    ("incompatible YAML document", "only YAML 1.1 and 1.2 can be read", "take the %YAML line out"),
    ("maximum", "this is nested too deeply", ""),
)
_TAB = ("a tab cannot indent YAML", "use spaces")
_OTHERWISE = ("the text stops being YAML here", "")


def explain(error: yaml.YAMLError, file: File) -> Finding:
    """A parser's error as a finding that points at the line it means."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
    mark = next((mark for mark in (reversed(marks) if _in_quotes(problem) else marks) if mark), None)
    at = _place(file, mark, getattr(error, "position", None))
    message, mend = _words(problem, at)
    above = _line_without_colon(problem, at)
    if above is not None:
        at, (message, mend) = above, _WITHOUT_COLON
    return Finding(
        code=SYNTAX,
        severity=Severity.ERROR,
        message=message,
        mend=mend,
        related=_began(error, file, at),
        span=at.span(),
    )


def _in_quotes(problem: str) -> bool:
    """Whether the end came too soon: then the beginning is what to look at."""
    return any(ending in problem for ending in _INSIDE_QUOTES)


def _line_without_colon(problem: str, at: Place) -> Place | None:
    """A line that was meant as a key and has no colon makes the parser complain about the next one's."""
    if "mapping values are not allowed" not in problem or at.line >= len(at.file.lines):
        return None
    key = at.file.lines[at.line][: at.column]
    if ":" in key or " " in key.strip():
        return None
    above = next((number for number in range(at.line - 1, -1, -1) if at.file.lines[number].strip()), None)
    if above is None:
        return None
    line = at.file.lines[above]
    column = len(line) - len(line.lstrip())
    return None if ":" in line else Place(at.file, above, column, len(line.strip()))


def _words(problem: str, at: Place) -> tuple[str, str]:
    lines = at.file.lines
    line = lines[at.line] if at.line < len(lines) else ""
    if "\t" in line[: at.column + 1] and not line[: at.column].strip():
        return _TAB
    for theirs, message, mend in _WORDS:
        if theirs in problem:
            return message, mend
    return _OTHERWISE


def _place(file: File, mark: Any, position: int | None) -> Place:
    """The mark, but never behind the last line that holds something: nobody looks for it there."""
    if mark is None:
        return place_at(file, position or 0)
    if mark.line < len(file.lines) and (mark.column or file.lines[mark.line].strip()):
        return Place(file, mark.line, mark.column, 1)
    last = max((number for number, line in enumerate(file.lines) if line.strip()), default=0)
    if mark.line <= last:
        return Place(file, mark.line, mark.column, 1)
    return Place(file, last, max(len(file.lines[last].rstrip()) - 1, 0), 1)


def _began(error: yaml.YAMLError, file: File, at: Place) -> tuple[Related, ...]:
    mark = getattr(error, "context_mark", None)
    if mark is None or (mark.line, mark.column) == (at.line, at.column):
        return ()
    return (Related(message="what it stands in begins", span=_place(file, mark, None).span()),)
