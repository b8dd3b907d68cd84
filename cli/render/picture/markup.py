"""Elements of XML as text: whatever a name holds, it stays text, and the document stays well-formed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from cli.render.cells import visible

Attributes = Iterable[tuple[str, str]]


def element(name: str, attributes: Attributes = (), *inner: str) -> str:
    """An element; `inner` is markup already."""
    head = name + "".join(f" {key}={quoteattr(safe(value))}" for key, value in attributes)
    return f"<{head}>{''.join(inner)}</{name}>" if inner else f"<{head}/>"


def content(text: str) -> str:
    """Text as markup."""
    return escape(safe(text))


def safe(text: str) -> str:
    """What XML has no place for is written as its escape; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join("".join(map(_allowed, visible(line))) for line in text.split("\n"))


def _allowed(character: str) -> str:
    if unicodedata.category(character) == "Cs" or ord(character) & 0xFFFE == 0xFFFE:
        return f"\\u{ord(character):04x}"
    return character
