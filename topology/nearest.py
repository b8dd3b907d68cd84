"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

_MANY = 200
_LETTERS = 5_000
"""So many are compared in milliseconds; names as long as those of hostile files in minutes."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `word`, if one is near; of very many, of those that begin alike."""
    import difflib  # noqa: PLC0415 - only who mistyped pays for it

    names = [*known]
    if len(names) > _MANY:
        names = [name for name in names if name[:2] == word[:2]][:_MANY]
    lengths = accumulate(len(name) + len(word) for name in names)
    names = [name for name, so_far in zip(names, lengths, strict=True) if so_far < _LETTERS]
    return next(iter(difflib.get_close_matches(word, names, n=1)), None)


def asked(word: str, known: Iterable[str]) -> str:
    """The same as a question; empty when none is near."""
    found = nearest(word, known)
    return f"did you mean {found}?" if found else ""
