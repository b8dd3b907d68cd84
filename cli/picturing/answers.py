"""Who reaches whom, for a page that answers without asking anybody: exact, and small for large stacks."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from cli.report.picture import Answers, Route, Told
from topology.graph import HOST, WORLD, Mode, Topology
from topology.reach import Answer, End, Kind, answer, named, pairs, reach
from topology.structs import replace

ALL = 4_000
"""Pairs up to which each is told in full: beyond, direct ways are composed from their networks."""
SPECIAL = 20_000
"""Other pairs that are told in full; it takes 30 µs and 100 bytes to tell one."""
LETTERS = {Answer.YES: "y", Answer.NO: "n", Answer.UNPROVABLE: "u"}


def answers(topology: Topology) -> Answers:
    """The answer of each pair, with its ways or reasons."""
    ends: tuple[End, ...] = (*topology.members, WORLD, HOST)
    rows = tuple(_rows(topology, ends))
    direct = tuple(_direct(topology))
    plain = {} if len(ends) ** 2 <= ALL else _plain(direct)
    told = {}
    for pair in _asked(ends, rows, plain):
        told[pair] = _told(topology, ends[pair[0]], ends[pair[1]])
        if plain and len(told) == SPECIAL:
            break
    return Answers(ends=tuple(map(named, ends)), rows=rows, told=told, direct=direct if plain else ())


def _rows(topology: Topology, ends: Sequence[End]) -> Iterator[str]:
    """A letter for each pair. Services that stand alike have the same answers, so one of a kind is asked."""
    numbers: dict[Hashable, int] = {}
    kinds = [numbers.setdefault(_kind(topology, end), len(numbers)) for end in ends]
    members: list[list[End]] = [[] for _ in numbers]
    for end, kind in zip(ends, kinds, strict=True):
        members[kind].append(end)
    made: dict[int, str] = {}
    for place, kind in enumerate(kinds):
        if kind not in made:
            letters = [_letter(topology, members[kind], others) for others in members]
            made[kind] = "".join(letters[other] for other in kinds)
        row = made[kind]
        yield f"{row[:place]}-{row[place + 1 :]}"


def _letter(topology: Topology, sources: list[End], targets: list[End]) -> str:
    """The answer for each two of these but one and the same."""
    target = targets[0] if sources is not targets else targets[-1]
    return "-" if sources[0] == target else LETTERS[answer(topology, sources[0], target)]


def _kind(topology: Topology, end: End) -> Hashable:
    """What an answer depends on: where its network stack stands, unless that is one of its own sort."""
    if not isinstance(end, str):
        return end
    standing = topology.standings[end]
    is_special = end in topology.lodgers or standing.holder != end or end in topology.admins
    if is_special or standing.mode is not Mode.NETWORKS:
        return end
    return replace(standing, holder=""), bool(topology.members[end].taints)


def _direct(topology: Topology) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    for group in pairs(topology).groups:
        if group.kind is Kind.DIRECT and group.network is not None:
            yield group.network, group.sources, group.targets


def _plain(
    direct: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...],
) -> dict[str, list[frozenset[str]]]:
    """By source, the targets that some network leads to directly."""
    found: dict[str, list[frozenset[str]]] = {}
    for _, sources, targets in direct:
        held = frozenset(targets)
        for source in sources:
            found.setdefault(source, []).append(held)
    return found


def _asked(
    ends: Sequence[End], rows: Sequence[str], plain: dict[str, list[frozenset[str]]]
) -> Iterator[tuple[int, int]]:
    """The pairs to tell in full: all, or those that reach each other in another way than directly."""
    for here, source in enumerate(ends):
        groups = plain.get(named(source), [])
        for there, target in enumerate(ends):
            letter = rows[here][there]
            if letter == "-" or (plain and letter == "n"):
                continue
            if not any(target in group for group in groups):
                yield here, there


def _told(topology: Topology, source: End, target: End) -> Told:
    verdict = reach(topology, source, target)
    return Told(
        routes=tuple(
            Route(how=route.kind.value, network=route.network, text=route.text, doubt=route.doubt)
            for route in verdict.routes
        ),
        reasons=verdict.reasons,
    )
