"""Why somebody can or cannot reach somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit


class Way(Struct, frozen=True, kw_only=True):
    """One way for packets. `doubt` says what it depends on where Docker's rules do not decide."""

    text: str
    how: str
    network: str | None
    opens: str
    doubt: str | None


class Naming(Struct, frozen=True, kw_only=True):
    """Whether the target has a name for the source: yes, no or ambiguous, with the name or the reason."""

    answer: str
    name: str | None
    network: str | None
    reason: str


class Direction(Struct, frozen=True, kw_only=True):
    """Whether `source` can reach `target`: yes with ways, no with reasons, unprovable with both."""

    source: str
    target: str
    answer: str
    ways: tuple[Way, ...]
    reasons: tuple[str, ...]
    by_name: Naming


class Chain(Struct, frozen=True, kw_only=True):
    """Whether the source gets there by taking over others on the way: the steps, or why it is not sure."""

    answer: str
    steps: tuple[str, ...]
    doubts: tuple[str, ...]


class Explain(Struct, frozen=True, kw_only=True):
    """Everything about one pair. `remedy` is what would turn the answer there around.

    `even_through` asks for the answer through others in the first place.
    """

    kind: ClassVar[str] = "explain"

    stack: str
    port: str | None
    there: Direction
    back: Direction
    through_others: Chain
    remedy: tuple[str, ...]
    assumptions: tuple[str, ...]
    even_through: bool = False

    @property
    def code(self) -> Exit:
        return Exit.DONE


class Surroundings(Struct, frozen=True, kw_only=True):
    """Everybody that one service reaches or is reached by.

    `hops` counts the connections to each service that it reaches directly or through others.
    """

    kind: ClassVar[str] = "surroundings"

    stack: str
    subject: str
    networks: tuple[str, ...]
    out: tuple[Direction, ...]
    into: tuple[Direction, ...]
    hops: Mapping[str, int]
    doubtful: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def code(self) -> Exit:
        return Exit.DONE
