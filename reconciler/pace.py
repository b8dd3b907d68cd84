"""When to look at an engine again, and whom to leave alone for a while. Pure: it is told what time it is.

What happens is only a reason to look, never what is acted on. Events that come together cost one look; a look
comes at the latest so long after the first of them, however many follow, and now and then without any.
Whoever has to be mended again and again, or cannot be, is tried less and less often, each address by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct, field

_FIRST_REST: Final = 1.0
_FREE: Final = 5
"""How often in a row an address is mended at once before it is left to rest in between."""
_CALM: Final = 10.0
"""Seconds without trouble after which it is forgotten; Docker's restart policies take as many."""


class _Trouble(Struct):
    tries: int = 0
    until: float = 0.0


class Pace(Struct, kw_only=True):
    """All times are seconds of `clock`.

    Attributes:
        quiet: how long nothing more may have happened before a look.
        patience: the longest that a look waits for that.
        resync: how long it may be from one look to the next where nothing happens.
        rest: the longest that an address is left alone.
    """

    clock: Callable[[], float]
    quiet: float = 0.1
    patience: float = 1.0
    resync: float = 300.0
    rest: float = 300.0
    _first: float | None = None
    _last: float = 0.0
    _looked: float = 0.0
    _due: float = field(default=float("inf"))
    _troubles: dict[str, _Trouble] = field(default_factory=dict)

    def noticed(self) -> None:
        """Something happened."""
        self._last = self.clock()
        if self._first is None:
            self._first = self._last

    def within(self, seconds: float) -> None:
        """A look has to come so soon."""
        self._due = min(self._due, self.clock() + seconds)

    def looked(self) -> float:
        """A look begins now; since when there was something to see."""
        now = self.clock()
        since = now if self._first is None else self._first
        self._first, self._looked, self._due = None, now, now + self.resync
        for name in [name for name, one in self._troubles.items() if now - one.until > _CALM]:
            del self._troubles[name]
        return since

    def wait(self) -> float:
        """Seconds until the next look is due. The end of a rest is due until somebody has looked after it."""
        now = self.clock()
        moments = [self._due, *(one.until for one in self._troubles.values() if one.until > self._looked)]
        if self._first is not None:
            moments.append(min(self._last + self.quiet, self._first + self.patience))
        return max(0.0, min(moments) - now)

    def tried(self, name: str, *, done: bool) -> float:
        """An address was mended, or could not be: how long it is left alone now."""
        one = self._troubles.setdefault(name, _Trouble())
        one.tries += 1
        over = one.tries - (_FREE if done else 0)
        pause = min(self.rest, _FIRST_REST * 2.0 ** min(over - 1, 30)) if over > 0 else 0.0
        one.until = self.clock() + pause
        return pause

    @property
    def resting(self) -> frozenset[str]:
        """The addresses that are left alone now."""
        now = self.clock()
        return frozenset(name for name, one in self._troubles.items() if one.until > now)
