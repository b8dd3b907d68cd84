"""The least-privilege score: how many of the pairs that reach each other nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from topology.graph import Topology
from topology.reach import Group, Kind, pairs
from topology.rules.needs import needs_of

COUNTED = frozenset({Kind.DIRECT, Kind.HOST})
"""The routes that have to be asked for: a published port is declared open, a shared stack shared."""

WIDE = 64
"""Groups with more targets are joined once for all sources that have the same ones."""


class Score(Struct, frozen=True, kw_only=True):
    """Ordered pairs of services: those that reach each other, and those of them that nobody asked for.

    The reverse of what was asked for is not counted as excess.
    """

    excess: int
    reachable: int


def score(topology: Topology) -> Score:
    """Counts without listing: a flat network of 5,000 services costs 5,000 steps."""
    groups = pairs(topology).groups
    counted = [group for group in groups if group.kind in COUNTED]
    excused = sum(1 for _ in _asked(topology)) + _at_home(topology)
    return Score(excess=distinct(counted) - excused, reachable=distinct(groups))


def distinct(groups: Iterable[Group]) -> int:
    """How many ordered pairs are in at least one of the groups."""
    by_source: dict[str, list[int]] = {}
    targets: list[frozenset[str]] = []
    for number, group in enumerate(groups):
        targets.append(frozenset(group.targets))
        for source in group.sources:
            by_source.setdefault(source, []).append(number)
    alike: dict[tuple[int, ...], list[str]] = {}
    for source, numbers in by_source.items():
        alike.setdefault(tuple(numbers), []).append(source)
    return _total(alike, targets)


def _total(alike: dict[tuple[int, ...], list[str]], targets: list[frozenset[str]]) -> int:
    """The pairs of sources that share their groups, the wide ones joined once for each combination."""
    joined: dict[tuple[int, ...], frozenset[str]] = {}
    total = 0
    for numbers, sources in alike.items():
        wide = tuple(number for number in numbers if len(targets[number]) > WIDE)
        if wide not in joined:
            joined[wide] = frozenset().union(*(targets[number] for number in wide))
        many = joined[wide]
        few = frozenset().union(*(targets[one] - many for one in numbers if one not in wide))
        total += sum(len(many) + len(few) - (one in many or one in few) for one in sources)
    return total


def _asked(topology: Topology) -> Iterator[tuple[str, str]]:
    """The counted pairs that somebody asked for, in one direction or the other, lodgers included."""
    wanted = needs_of(topology).wanted
    both = dict.fromkeys((*wanted, *((target, source) for source, target in wanted)))
    for source, target in both:
        if source != target and _is_counted(topology, source, target):
            for one in topology.residents(source):
                yield from ((one, other) for other in topology.residents(target))


def _is_counted(topology: Topology, source: str, target: str) -> bool:
    if source not in topology.members or target not in topology.members:
        return False
    here, there = topology.standings[source], topology.standings[target]
    if source not in topology.on_host:
        return not here.peers.isdisjoint(there.peers)
    heard = there.meets_host or any(door.addresses for door in there.doors)
    return target not in topology.on_host and bool(heard)


def _at_home(topology: Topology) -> int:
    """Pairs within one network stack that stand on a network beside others."""
    sizes = (
        len(topology.residents(holder)) for holder in topology.lodgers if topology.standings[holder].peers
    )
    return sum(size * (size - 1) for size in sizes)
