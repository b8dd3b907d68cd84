"""Who reaches whom, in one word for each pair."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence

from msgspec import Struct

from topology.graph import Topology
from topology.reach.names import resolves
from topology.reach.reaching import reach
from topology.reach.verdict import Answer, End, Kind


class Way(enum.Enum):
    """The most telling way from one to the other."""

    SAME_STACK = "same stack"
    DIRECT = "direct"
    PUBLISHED = "published"
    HOST = "host"
    OUT = "out"
    NAME_ONLY = "by name only"
    UNPROVABLE = "not provable"
    NONE = "no"


WAYS = {
    Kind.SAME_STACK: Way.SAME_STACK,
    Kind.DIRECT: Way.DIRECT,
    Kind.IPV6: Way.DIRECT,
    Kind.PUBLISHED: Way.PUBLISHED,
    Kind.ROUTED: Way.PUBLISHED,
    Kind.HOST: Way.HOST,
    Kind.TO_HOST: Way.HOST,
    Kind.EXIT: Way.OUT,
}


class Cell(Struct, frozen=True, kw_only=True):
    """How `source` reaches `target`; `path` proves it, or says why not, in one line."""

    source: End
    target: End
    way: Way
    path: str


def matrix(topology: Topology, ends: Sequence[End]) -> Iterator[Cell]:
    """A cell for each ordered pair of different ends, row by row."""
    for source in ends:
        yield from (_cell(topology, source, target) for target in ends if target != source)


def _cell(topology: Topology, source: End, target: End) -> Cell:
    verdict = reach(topology, source, target)
    way = Way.UNPROVABLE
    if verdict.answer is Answer.YES:
        way = WAYS.get(next(route.kind for route in verdict.routes if route.certain), Way.UNPROVABLE)
    elif verdict.answer is Answer.NO:
        way = Way.NAME_ONLY if _is_named(topology, source, target) else Way.NONE
    return Cell(source=source, target=target, way=way, path=verdict.text)


def _is_named(topology: Topology, source: End, target: End) -> bool:
    """The target's name means the target, though no packet gets there (case 7a)."""
    if not (isinstance(source, str) and isinstance(target, str)):
        return False
    return target in resolves(topology, source, target).holders
