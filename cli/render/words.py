"""Small pieces of prose that several outputs share."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, noun: str) -> str:
    """`1 service`, `2 services`."""
    return f"{number} {noun}" if number == 1 else f"{number} {_plural(noun)}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *front, final = list(names) or [""]
    return f"{', '.join(front)} {last} {final}" if front else final


def some(names: Iterable[str], most: int) -> str:
    """`a, b and 4 more`: at most so many."""
    known = list(names)
    if len(known) <= most:
        return listed(known)
    return listed([*known[: most - 1], f"{len(known) - most + 1} more"])


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
