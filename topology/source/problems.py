"""The parser's words for bad YAML → ours."""

from __future__ import annotations

from typing import Any

import yaml

from topology.codes import SYNTAX
from topology.findings import Finding, Related, Severity
from topology.source.values import File, Place

_WORDS: tuple[tuple[str, str, str, str], ...] = (
    # what libyaml or PyYAML says · message · label · mend
    ("cannot start any token", "this character cannot begin a value", "", 'put the value in "quotes"'),
    ("mapping values are not allowed", "a second colon on this line", "it would begin another mapping", 'put the value in "quotes"'),
    ("did not find expected key", "this line does not fit the block it stands in", "", "compare its indentation with the lines above"),
    ("expected <block end>", "this line does not fit the block it stands in", "", "compare its indentation with the lines above"),
    ("did not find expected '-' indicator", "this line does not fit the list it stands in", "", 'begin it with "- " or indent it'),
    ("could not find expected ':'", "a key without its colon", "", 'write "key: value"'),
    ("block sequence entries are not allowed", "a list cannot begin here", "", "begin it on the next line, indented"),
    ("sequence entries are not allowed", "a list cannot begin here", "", "begin it on the next line, indented"),
    ("block mapping", "a mapping cannot begin here", "", "compare its indentation with the lines above"),
    ("mapping keys are not allowed", "a key cannot stand here", "", "compare its indentation with the lines above"),
    ("did not find expected ',' or ']'", "this list is not closed", "", 'a comma or "]" is missing before this'),
    ("expected ',' or ']'", "this list is not closed", "", 'a comma or "]" is missing before this'),
    ("did not find expected ',' or '}'", "this mapping is not closed", "", 'a comma or "}" is missing before this'),
    ("expected ',' or '}'", "this mapping is not closed", "", 'a comma or "}" is missing before this'),
    ("unexpected end of stream", "the text ends inside quotes", "", "close the quotes"),
    ("document indicator", "the document ends inside quotes", "", "close the quotes"),
    ("unknown escape character", "no such escape in double quotes", "", "double the backslash, or use 'single quotes'"),
    ("escape", "no such escape in double quotes", "", "double the backslash, or use 'single quotes'"),
    ("did not find expected <document start>", "the text goes on after its value ended", "", "compare its indentation with the lines above"),
    ("expected '<document start>'", "the text goes on after its value ended", "", "compare its indentation with the lines above"),
    ("control characters are not allowed", "a control character", "is this a text file?", "take it out"),
    ("special characters are not allowed", "a control character", "is this a text file?", "take it out"),
    ("undefined tag handle", "a tag that means nothing here", "", "take it out"),
    ("found unexpected ':'", "a colon cannot stand here", "", 'put the value in "quotes"'),
    ("maximum", "this is nested too deeply", "", ""),
)  # fmt: skip
_TAB = ("a tab cannot indent YAML", "this is a tab", "use spaces")
_OTHERWISE = ("this is not YAML", "the text stops making sense here", "")


def explain(error: yaml.YAMLError, file: File) -> Finding:
    """A parser's error as a finding that points at the line it means."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = _place(file, mark, getattr(error, "position", None))
    message, label, mend = _words(problem, at)
    return Finding(
        code=SYNTAX,
        severity=Severity.ERROR,
        message=message,
        label=label,
        mend=mend,
        related=_began(error, file, at),
        span=at.span(),
    )


def _words(problem: str, at: Place) -> tuple[str, str, str]:
    lines = at.file.lines
    line = lines[at.line] if at.line < len(lines) else ""
    if "\t" in line[: at.column + 1] and not line[: at.column].strip():
        return _TAB
    for theirs, message, label, mend in _WORDS:
        if theirs in problem:
            return message, label, mend
    return _OTHERWISE


def _place(file: File, mark: Any, position: int | None) -> Place:
    """The mark, but never behind the last line that holds something: nobody looks for it there."""
    if mark is None:
        before = File("", file.text[: position or 0]).lines
        return Place(file, len(before) - 1, len(before[-1]), 1)
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
