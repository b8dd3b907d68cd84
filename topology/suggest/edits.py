"""A YAML text and the nodes in it, with the edits that change as few of its characters as they can."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from msgspec import Struct

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*|[0-9]+(\.[0-9]+){3}/[0-9]+")
_NOT_TEXT = re.compile(r"(?i:null|true|false|yes|no|on|off)")
_ALIAS = re.compile(r"\*[^\s,\]}]+")


class Edit(Struct, frozen=True, kw_only=True, order=True):
    """Characters from `start` to `end` become `text`; of several at one place the `last` comes last."""

    start: int
    end: int
    last: bool = False
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, whose places are those of the text before."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Document:
    """A YAML text with its nodes. Only for texts that `topology.source` has read: it trusts their shape."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Any = yaml.compose(text, Loader=_Loader)
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def line_start(self, at: int) -> int:
        """Where the line begins that holds the character at `at`."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Where the next line begins."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def end(self, key: Any, value: Any) -> int:
        """Where a value ends, seen from its key; comments behind it are not its."""
        if is_alias(key, value):
            found = _ALIAS.search(self.text, key.end_mark.index)
            return found.end() if found else int(key.end_mark.index)
        if isinstance(value, yaml.CollectionNode) and not value.flow_style and value.value:
            last = value.value[-1]
            return self.end(*last) if isinstance(last, tuple) else self.end(last, last)
        if isinstance(value, yaml.ScalarNode) and value.style in {"|", ">"}:
            return len(self.text[: value.end_mark.index].rstrip())
        return max(int(value.end_mark.index), int(key.end_mark.index))

    def without(self, key: Any, value: Any) -> Edit:
        """Takes the lines of an entry out of a block; `key` is the item itself in a list."""
        return Edit(
            start=self.line_start(key.start_mark.index), end=self.line_end(self.end(key, value)), text=""
        )

    def after(self, at: int, lines: Iterable[str]) -> Edit:
        """Puts lines behind the line that holds `at`."""
        place = self.line_end(at)
        head = "" if self.text[:place].endswith("\n") or place == 0 else self.newline
        return Edit(start=place, end=place, text=head + "".join(line + self.newline for line in lines))

    def before(self, at: int, lines: Iterable[str]) -> Edit:
        """Puts lines in front of the line that holds `at`."""
        place = self.line_start(at)
        return Edit(start=place, end=place, text="".join(line + self.newline for line in lines))


def is_alias(key: Any, value: Any) -> bool:
    """The value stands elsewhere, and `*name` here."""
    return key is not value and bool(value.start_mark.index < key.start_mark.index)


def entry(mapping: Any, name: str) -> tuple[Any, Any] | None:
    """The key and value of a mapping's own entry; what it merges is not its own."""
    return next(((key, value) for key, value in mapping.value if key.value == name), None)


def is_block(node: Any) -> bool:
    """A collection over lines of its own."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style and bool(node.value)


def scalar(text: str) -> str:
    """A word as YAML reads it back: quoted where it would be something else."""
    plain = _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else scalar(str(value))


def block(key: str, value: Any, indent: str) -> list[str]:
    """An entry of a mapping on lines of its own; what is inside stands on one line each."""
    if not value:
        return [f"{indent}{scalar(key)}:"]
    return [
        f"{indent}{scalar(key)}:",
        *(f"{indent}  {scalar(name)}: {flow(each)}" for name, each in value.items()),
    ]
