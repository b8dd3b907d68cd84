"""Text as a terminal shows it: how wide it is, and what must not reach a terminal as it is.

A stack file is other people's text: a control character in it must neither move the cursor nor change
colours, so everything quoted from one passes through `visible`.
"""

from __future__ import annotations

import unicodedata

TAB = 4


def cells(character: str) -> int:
    """Columns that one character takes: 2 for wide East Asian ones, 0 for what joins the one before."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def width(text: str) -> int:
    """Columns that `text` takes."""
    return sum(map(cells, text))


def visible(text: str) -> str:
    """`text` with each character that a terminal would act on written as its escape."""
    return "".join(map(_shown, text))


def padded(text: str, columns: int) -> str:
    """`text` followed by spaces up to `columns`."""
    return text + " " * (columns - width(text))


def head(text: str, columns: int) -> str:
    """`text`, or as much of its beginning as fits, with an ellipsis for the rest."""
    if width(text) <= columns:
        return text
    return _taken(text, columns - 1) + "…" if columns > 0 else ""


def tail(text: str, columns: int) -> str:
    """`text`, or as much of its end as fits, with an ellipsis for the rest."""
    if width(text) <= columns:
        return text
    return "…" + _taken(text[::-1], columns - 1)[::-1] if columns > 0 else ""


def _taken(text: str, columns: int) -> str:
    used = 0
    for end, character in enumerate(text):
        used += cells(character)
        if used > columns:
            return text[:end]
    return text


def _shown(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Zl", "Zp"} or character in _BIDI:
        return character.encode("unicode_escape").decode("ascii")
    return character


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder what stands around them, so that a line can be made to read as another."""
