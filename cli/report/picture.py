"""What a drawn picture shows: who is attached to what, who asked for whom, and what is open beyond that."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from msgspec import Struct, field

from cli.exits import Exit
from cli.report.check import Check
from cli.report.graph import Graph
from cli.report.plan import Reachability
from cli.report.status import Status
from topology.claims import PortOf
from topology.reach import End

Thing = tuple[str, ...]
"""Something that can come or go: ("service", NAME), ("network", NAME), ("joint", SERVICE, NETWORK),
("port", SERVICE, TEXT)."""


class Change(enum.Enum):
    """What became of a thing between two stacks."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Mood(enum.Enum):
    """How those are that run, the worst last."""

    WELL = "well"
    ODD = "odd"
    ILL = "ill"


class State(Struct, frozen=True, kw_only=True):
    """How the containers of a service are: `text` in a word or two, `lines` each by itself.

    `drift` counts fields that somebody else changed.
    """

    mood: Mood
    text: str
    well: int
    wanted: int
    drift: int = 0
    lines: tuple[str, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Nobody has to look at it."""
        return self.mood is Mood.WELL and not self.drift


class Sort(enum.Enum):
    """Why a pair is drawn."""

    LINK = "link"
    ORDER = "order"
    EXCESS = "excess"
    BROKEN = "broken"


class Flow(Struct, frozen=True, kw_only=True):
    """A pair: `source` opens connections to `target`, or could. `text` says more than who and whom.

    `network` is the one that carries it, None where no network of the stack does; ORDER is what depends_on
    alone tells; `claim` is the one that is broken, `port` the one it speaks of; `both` means either may open
    it; `waived` is why it is accepted for now.
    """

    sort: Sort
    source: End
    target: End
    network: str | None
    text: str = ""
    claim: str = ""
    port: PortOf | None = None
    both: bool = False
    waived: str = ""
    change: Change | None = None


class Excess(Struct, frozen=True, kw_only=True):
    """What one network opens without need: ordered pairs, and the services that are ends of one."""

    network: str
    pairs: int
    services: tuple[str, ...]
    waived: str = ""


class Route(Struct, frozen=True, kw_only=True):
    """One way of one pair, as a page shows it: how, over which network, in one line."""

    how: str
    network: str | None
    text: str
    doubt: str | None = None


class Told(Struct, frozen=True, kw_only=True):
    """What is known of one pair: the ways there are, or why there are none."""

    routes: tuple[Route, ...] = ()
    reasons: tuple[str, ...] = ()


class Answers(Struct, frozen=True, kw_only=True):
    """Who reaches whom. `rows` has a letter a pair, y, n or u, in the order of `ends`.

    `told` holds pairs by their positions; a y that is not in it goes directly, by a network in `direct`,
    which has for each network the sources and targets that talk on it.
    """

    ends: tuple[str, ...]
    rows: tuple[str, ...]
    told: Mapping[tuple[int, int], Told]
    direct: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()


class Picture(Struct, frozen=True, kw_only=True):
    """A stack, what separates two, or one as it runs, to be drawn. `old` names the other side of two.

    `taints` are by service, `addresses` by service and network; `details` says of what CHANGED how; `folder`
    leads from the page to where files are named from. `status`, and `states` by service, are there where it
    is about what runs: then changes are what is another than the file says.
    """

    kind: ClassVar[str] = "picture"

    graph: Graph
    flows: tuple[Flow, ...]
    excess: tuple[Excess, ...]
    taints: Mapping[str, tuple[str, ...]]
    addresses: Mapping[tuple[str, str], tuple[str, ...]]
    check: Check
    answers: Answers | None = None
    changes: Mapping[Thing, Change] = field(default_factory=lambda: MappingProxyType({}))
    details: Mapping[Thing, str] = field(default_factory=lambda: MappingProxyType({}))
    reachability: Reachability | None = None
    old: str = ""
    new: str = ""
    folder: str = ""
    states: Mapping[str, State] = field(default_factory=lambda: MappingProxyType({}))
    status: Status | None = None

    @property
    def code(self) -> Exit:
        return Exit.DONE
