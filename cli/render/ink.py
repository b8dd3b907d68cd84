"""Colour for people: each word of meaning has one, and without colour the text says the same."""

from __future__ import annotations

from msgspec import Struct


class Ink(Struct, frozen=True):
    """Colours text, or leaves it alone."""

    enabled: bool = False

    def error(self, text: str) -> str:
        return self._sgr("1;31", text)

    def warning(self, text: str) -> str:
        return self._sgr("1;33", text)

    def note(self, text: str) -> str:
        return self._sgr("1;36", text)

    def good(self, text: str) -> str:
        return self._sgr("32", text)

    def gone(self, text: str) -> str:
        return self._sgr("31", text)

    def changed(self, text: str) -> str:
        return self._sgr("33", text)

    def strong(self, text: str) -> str:
        return self._sgr("1", text)

    def faint(self, text: str) -> str:
        return self._sgr("2", text)

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled and text else text


PLAIN = Ink(enabled=False)


class Look(Struct, frozen=True):
    """How a person wants to see a report; `quiet` leaves only what went wrong or would change."""

    ink: Ink = PLAIN
    quiet: bool = False
    columns: int = 100
