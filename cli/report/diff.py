"""What separates two stacks: who reaches whom in the one and not in the other."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from cli.exits import Exit
from cli.report.plan import Reachability
from topology.rules import Score


class Side(Struct, frozen=True, kw_only=True):
    """One of the two: how it was named, and how much it leaves open."""

    name: str
    services: int
    networks: int
    score: Score


class Diff(Struct, frozen=True, kw_only=True):
    """Reach gained and lost from `old` to `new`; `detailed` is how it was asked for."""

    kind: ClassVar[str] = "diff"

    stack: str
    old: Side
    new: Side
    reachability: Reachability
    detailed: bool = False

    @property
    def code(self) -> Exit:
        changed = self.reachability.gained or self.reachability.lost
        return Exit.NO if self.detailed and changed else Exit.DONE
