"""What a change of topology does to reach: pairs gained and lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from topology.graph import WORLD, Topology
from topology.reach.reaching import certain_routes
from topology.reach.verdict import End, Kind, Route, named

Scope = frozenset[tuple[int | None, str]] | None
"""The ports a source can open: None is every port."""

NARROW = frozenset({Kind.PUBLISHED, Kind.ROUTED})
"""Kinds of route that open one port only."""


class Shift(Struct, frozen=True, kw_only=True):
    """One ordered pair whose reach grew or shrank, with the routes that came or went."""

    source: End
    target: End
    routes: tuple[Route, ...]

    @property
    def text(self) -> str:
        """`nginx -> db: db_nw: nginx -> db:5432`."""
        return f"{named(self.source)} -> {named(self.target)}: {self.routes[0].text}"


class Difference(Struct, frozen=True, kw_only=True):
    """Reach gained and lost. When not `complete`, there is more than was asked for."""

    gained: tuple[Shift, ...] = ()
    lost: tuple[Shift, ...] = ()
    complete: bool = True

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


def difference(old: Topology, new: Topology, limit: int = 1000) -> Difference:
    """Which pairs, the world included, can open more or fewer ports than before; at most `limit` each way.

    A pair counts when a port opens or closes, not when another route to the same ports does. Only pairs
    with a changed end are looked at.
    """
    gained = tuple(islice(_grown(old, new), limit + 1))
    lost = tuple(islice(_grown(new, old), limit + 1))
    complete = len(gained) <= limit and len(lost) <= limit
    return Difference(gained=gained[:limit], lost=lost[:limit], complete=complete)


def _grown(less: Topology, more: Topology) -> Iterator[Shift]:
    """Pairs that can open in `more` what they cannot in `less`."""
    changed = frozenset(_changed(less, more))
    everybody: tuple[End, ...] = (*more.members, WORLD)
    for source in everybody:
        targets = everybody if source in changed else (end for end in everybody if end in changed)
        for target in targets:
            if source != target and (routes := _new_routes(less, more, source, target)):
                yield Shift(source=source, target=target, routes=routes)


def _changed(less: Topology, more: Topology) -> Iterator[str]:
    """Members whose own reach, in or out, may differ: another standing, or none before."""
    settings = less.assumptions != more.assumptions
    segments = {name for name, one in more.segments.items() if less.segments.get(name) != one}
    for name in more.members:
        if settings or segments & set(more.standings[name].order) or _stands_otherwise(less, more, name):
            yield name


def _stands_otherwise(less: Topology, more: Topology, name: str) -> bool:
    """A member is new, or moved, or has other rights in its network stack."""
    before = less.members.get(name)
    if before is None or less.standings[name] != more.standings[name]:
        return True
    return before.capabilities != more.members[name].capabilities


def _new_routes(less: Topology, more: Topology, source: End, target: End) -> tuple[Route, ...]:
    after = _routes(more, source, target)
    if not after:
        return ()
    before = _scope(_routes(less, source, target))
    if before is None:
        return ()
    return tuple(
        route for route in after if route.kind not in NARROW or (route.port, route.protocol) not in before
    )


def _routes(topology: Topology, source: End, target: End) -> tuple[Route, ...]:
    """The certain routes; none for a member that is not there."""
    if any(isinstance(end, str) and end not in topology.members for end in (source, target)):
        return ()
    return certain_routes(topology, source, target)


def _scope(routes: Iterable[Route]) -> Scope:
    found: set[tuple[int | None, str]] = set()
    for route in routes:
        if route.kind not in NARROW:
            return None
        found.add((route.port, route.protocol))
    return frozenset(found)
