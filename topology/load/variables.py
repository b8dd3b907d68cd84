"""`$NAME` and `${NAME:-default}` in values.

The forms are Compose's: `:-` and `-` give a default, `:?` and `?` an error, `:+` and `+` an alternative,
each nested as deep as wanted; `$$` is a dollar sign, and so is one that begins nothing. With a colon, empty
counts as unset.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct, field

from topology.codes import VARIABLE
from topology.findings import MOST, Finding, Span
from topology.load.words import error, quoted, warning
from topology.source import Map, Seq, Text, Value
from topology.structs import replace

Lookup: TypeAlias = Callable[[str], str | None]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")
_DEPTH_LIMIT = 20
LONGEST = 1_000_000
"""Characters of one value: a container is started with an eighth of that at most."""
_LONGEST_TOGETHER = 20 * LONGEST


class Malformed(ValueError):
    """A variable that is written wrongly, or required and unset."""

    def __init__(self, message: str, token: str, label: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.token = token
        self.label = label
        self.mend = mend


class Filled(Struct):
    """Text with its variables filled in, and those that nobody had set."""

    text: str
    unset: list[str] = field(default_factory=list)


def fill(text: str, lookup: Lookup) -> Filled:
    """`text` with every variable replaced.

    Raises:
        Malformed: a variable is written wrongly, or required and not set.
    """
    filled = Filled("")
    filled.text = _fill(text, lookup, filled.unset, 0)
    return filled


def _fill(text: str, lookup: Lookup, unset: list[str], depth: int) -> str:
    if depth > _DEPTH_LIMIT:
        raise Malformed("variables are nested too deeply", "$")
    parts: list[str] = []
    at = size = 0
    while (dollar := text.find("$", at)) >= 0:
        parts.append(text[at:dollar])
        part, at = _variable(text, dollar, lookup, unset, depth)
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            raise _too_long(text[dollar : dollar + 2])
    parts.append(text[at:])
    return "".join(parts)


def _variable(text: str, dollar: int, lookup: Lookup, unset: list[str], depth: int) -> tuple[str, int]:
    """The value of the variable that begins at `dollar`, and where it ends."""
    after = text[dollar + 1 : dollar + 2]
    if after == "$":
        return "$", dollar + 2
    if after == "{":
        end = _closing(text, dollar)
        return _braced(text[dollar + 2 : end], lookup, unset, depth), end + 1
    name = _NAME.match(text, dollar + 1)
    if not name:
        return "$", dollar + 1
    return _plain(name[0], lookup, unset), name.end()


def _closing(text: str, dollar: int) -> int:
    """Where the brace that opens after `dollar` is closed; `${` inside open further ones."""
    depth, at = 1, dollar + 2
    while at < len(text):
        if text.startswith("$$", at):
            at += 2
        elif text.startswith("${", at):
            depth, at = depth + 1, at + 2
        elif text[at] == "}":
            depth, at = depth - 1, at + 1
            if not depth:
                return at - 1
        else:
            at += 1
    raise Malformed("a variable is not closed", text[dollar : dollar + 2], "its } is missing")


def _braced(inside: str, lookup: Lookup, unset: list[str], depth: int) -> str:
    name = _NAME.match(inside)
    if not name:
        raise Malformed(
            f"{quoted('${' + inside + '}')} names no variable", "${", "a name is letters, digits and _"
        )
    rest = inside[name.end() :]
    if not rest:
        return _plain(name[0], lookup, unset)
    operator = next((known for known in _OPERATORS if rest.startswith(known)), None)
    if operator is None:
        mend = "the forms are ${V}, ${V:-default}, ${V:?message} and ${V:+alternative}"
        raise Malformed(f"{quoted('${' + inside + '}')} is no form of a variable", "${" + name[0], "", mend)
    word = rest[len(operator) :]
    value = lookup(name[0])
    present = bool(value) if operator[0] == ":" else value is not None
    match operator[-1]:
        case "-":
            return value or "" if present else _fill(word, lookup, unset, depth + 1)
        case "+":
            return _fill(word, lookup, unset, depth + 1) if present else ""
        case _ if present:
            return value or ""
    raise _required(name[0], _fill(word, lookup, unset, depth + 1))


def _too_long(token: str) -> Malformed:
    return Malformed(
        f"variables grow to more than {LONGEST:,} characters here", token, mend="use fewer of them"
    )


def _required(name: str, message: str) -> Malformed:
    return Malformed(
        f"variable {name} is required and not set" + (f": {message}" if message else ""),
        "${" + name,
        mend=f"set {name} in the environment or in .env",
    )


def _plain(name: str, lookup: Lookup, unset: list[str]) -> str:
    value = lookup(name)
    if value is None:
        unset.append(name)
        return ""
    return value


def fill_tree(root: Value, lookup: Lookup) -> tuple[Value, tuple[Finding, ...]]:
    """The tree with variables filled in, in values only, and what was wrong with them."""
    filling = _Filling(lookup)
    return filling.fill(root), tuple({found.order: found for found in filling.findings}.values())


class _Filling:
    """Fills in a tree whose parts may be shared, each part once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._done: dict[int, Value] = {}
        self._size = 0
        self.findings: list[Finding] = []

    def fill(self, value: Value) -> Value:
        if isinstance(value, Text):
            return self._text(value) if "$" in value else value
        if value is None:
            return None
        known = self._done.get(id(value))
        if known is None:
            known = self._done[id(value)] = self._inside(value)
        return known

    def _inside(self, value: Map | Seq) -> Map | Seq:
        if isinstance(value, Map):
            return Map.of({key: self.fill(entry) for key, entry in value.items()}, value.at)
        return Seq.of([self.fill(item) for item in value], value.at)

    def _text(self, text: Text) -> Text:
        try:
            filled = self._filled(text)
        except Malformed as fault:
            span = _narrowed(text, fault.token)
            self.findings.append(
                error(VARIABLE, fault.message, label=fault.label, mend=fault.mend, span=span)
            )
            return text
        for name in [*dict.fromkeys(filled.unset)][:MOST]:
            self.findings.append(_unset(text, name))
        return Text.of(filled.text, text.at)

    def _filled(self, text: Text) -> Filled:
        """Many values, each of a length that could be meant, are too much together."""
        filled = fill(text, self._lookup)
        self._size += len(filled.text)
        if self._size > _LONGEST_TOGETHER:
            raise _too_long("$")
        return filled


def _unset(text: Text, name: str) -> Finding:
    token = "${" + name if "${" + name in text else "$" + name
    return warning(
        VARIABLE,
        f"variable {name} is not set",
        label="empty is used instead",
        mend=f"set it, or write ${{{name}:-}} if empty is meant",
        span=_narrowed(text, token),
    )


def _narrowed(text: Text, token: str) -> Span:
    """Where the token stands within the text; the whole text if that cannot be seen on its line."""
    span = text.at.span()
    stretch = span.text[span.column - 1 : span.column - 1 + span.width]
    offset = stretch.find(token)
    if offset < 0:
        return span
    end = _token_end(stretch, offset)
    return replace(span, column=span.column + offset, width=end - offset)


def _token_end(stretch: str, start: int) -> int:
    if stretch.startswith("${", start):
        try:
            return _closing(stretch, start) + 1
        except Malformed:
            return len(stretch)
    name = _NAME.match(stretch, start + 1)
    return name.end() if name else start + 1
