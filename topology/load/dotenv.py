"""Files of `NAME=value` lines, in the form that Compose reads.

Comments, `export`, quotes (single ones literal, double ones with escapes, both over several lines), and
variables in what is not in single quotes. A name alone takes its value from the environment, if there is one.
Another assignment may follow a closing quote, and nothing else.
"""

from __future__ import annotations

import re

from topology.codes import SYNTAX, VARIABLE
from topology.findings import StackError
from topology.load.variables import Lookup, Malformed, fill
from topology.load.words import error
from topology.source.values import File, Place

_ASSIGNMENT = re.compile(
    r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.\-\[\]]*)[ \t]*(?P<mark>[=:]?)[ \t]*"
)
_COMMENT = re.compile(r"[ \t]*(#.*)?(?:\n|$)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$$"}


def parse(text: str, file: str, lookup: Lookup) -> dict[str, str]:
    """The variables of a file; `lookup` is asked before what the file itself has set so far.

    Raises:
        StackError: at the first line that is no assignment.
    """
    text = text.replace("\r\n", "\n")
    source = File(file, text)
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        blank = _COMMENT.match(text, at)
        if blank:
            at = blank.end()
            if blank.end() == blank.start():
                break
            continue
        name, value, at = _entry(text, at, source, lambda name: _known(name, lookup, found))
        inherited = lookup(name) if value is None else value
        if inherited is not None:
            found[name] = inherited
    return found


def _known(name: str, lookup: Lookup, found: dict[str, str]) -> str | None:
    outside = lookup(name)
    return found.get(name) if outside is None else outside


def _entry(text: str, at: int, source: File, lookup: Lookup) -> tuple[str, str | None, int]:
    """Name, value and end of the assignment that begins at `at`."""
    head = _ASSIGNMENT.match(text, at)
    if not head:
        raise _refused(source, at, "this is no NAME=value", "")
    if not head["mark"]:
        if not _COMMENT.match(text, head.end()):
            raise _refused(source, at, "this is no NAME=value", "a name has no spaces")
        return head["name"], None, _end_of_line(text, head.end())
    value, end = _value(text, head.end(), source)
    try:
        return head["name"], fill(value, lookup).text, end
    except Malformed as fault:
        raise _refused(source, at, fault.message, fault.label, VARIABLE) from fault


def _value(text: str, at: int, source: File) -> tuple[str, int]:
    """The value that begins at `at`, with what must stay literal written so that `fill` leaves it."""
    quote = text[at : at + 1]
    if quote not in ("'", '"'):
        line = text[at : _end_of_line(text, at)].rstrip("\n")
        return re.split(r"\s#", line, maxsplit=1)[0].rstrip(), _end_of_line(text, at)
    inside: list[str] = []
    here = at + 1
    while here < len(text) and text[here] != quote:
        if text[here] == "\\" and quote == '"':
            after = text[here + 1 : here + 2]
            inside.append(_ESCAPES.get(after, "\\" + after))
            here += 2
        elif text.startswith(("\\'", "\\\\"), here):
            inside.append(text[here : here + 2].replace("\\'", "'"))
            here += 2
        elif text[here] == "$" and quote == "'":
            inside.append("$$")
            here += 1
        else:
            inside.append(text[here])
            here += 1
    if here >= len(text):
        raise _refused(source, at, "this quote is never closed", "")
    return "".join(inside), here + 1


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _refused(source: File, at: int, message: str, label: str, code: str = SYNTAX) -> StackError:
    line = source.text.count("\n", 0, at)
    column = at - (source.text.rfind("\n", 0, at) + 1)
    return StackError((error(code, message, label=label, span=Place(source, line, column, 0).span()),))
