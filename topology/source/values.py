"""What a YAML text holds: strings, mappings and lists that remember their place.

A scalar stays the text that was typed. YAML would decide by itself that `3.10` is a number and `22:22`
once was one; here the field that takes a value decides what it means, so that an image tag keeps its
zero and a replica count is a count, also after variables were filled in. Null is told apart, and where
YAML would read another text than was typed, that text is kept beside it.

Places travel with the values: whoever rearranges, merges or fills in a tree keeps them by keeping the
values, and never has to keep a second structure in step.
"""

from __future__ import annotations

import enum
import re
from functools import cached_property
from typing import NamedTuple, TypeAlias

from topology.findings import Span

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML calls a line break


class File:
    """A text and its name, for showing the lines that places point at."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        return _LINE_BREAK.split(self.text)


class Place(NamedTuple):
    """Where a value stands. Line and column count from 0; a `width` of 0 is a block over several lines."""

    file: File
    line: int
    column: int
    width: int

    def span(self) -> Span:
        """The same for people: counted from 1, never empty, with the text of the line."""
        lines = self.file.lines
        text = lines[self.line] if self.line < len(lines) else ""
        width = self.width or len(text.rstrip()) - self.column
        return Span(
            file=self.file.name, line=self.line + 1, column=self.column + 1, width=max(width, 1), text=text
        )


def place_at(file: File, index: int) -> Place:
    """Where the character at `index` of the text stands."""
    before = File("", file.text[:index]).lines
    return Place(file, len(before) - 1, len(before[-1]), 1)


class Text(str):
    """A scalar as it was typed, or after variables were filled in."""

    __slots__ = ("at",)
    at: Place

    @classmethod
    def of(cls, value: str, at: Place) -> Text:
        """`value` standing at `at`."""
        text = cls(value)
        text.at = at
        return text


def stands_bare(text: Text) -> bool:
    """Whether it stands in its file as it is: without quotes, and not filled in from a variable."""
    line = text.at.file.lines[text.at.line : text.at.line + 1]
    return bool(line) and line[0].startswith(text, text.at.column)


class Typed(Text):
    """A scalar without quotes that YAML reads as a number or a truth, and not the way it was typed."""

    __slots__ = ("meant",)
    meant: str


class Mark(enum.Enum):
    """What a tag of Compose's does when one file is laid over another."""

    RESET = "reset"
    OVERRIDE = "override"


class Marked(Text):
    """A key whose entry, laid over another file's, takes that away or replaces it as a whole."""

    __slots__ = ("mark",)
    mark: Mark

    @classmethod
    def by(cls, mark: Mark, key: Text) -> Marked:
        """The same key with a mark."""
        marked = cls(key)
        marked.at, marked.mark = key.at, mark
        return marked


class Map(dict[str, "Value"]):
    """A mapping; its keys are `Text`."""

    __slots__ = ("at",)
    at: Place

    @classmethod
    def of(cls, entries: dict[str, Value], at: Place) -> Map:
        """`entries` standing at `at`."""
        made = cls(entries)
        made.at = at
        return made


class Seq(list["Value"]):
    """A list."""

    __slots__ = ("at",)
    at: Place

    @classmethod
    def of(cls, items: list[Value], at: Place) -> Seq:
        """`items` standing at `at`."""
        made = cls(items)
        made.at = at
        return made


Value: TypeAlias = Text | Map | Seq | None
