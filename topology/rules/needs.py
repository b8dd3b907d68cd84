"""Least privilege: what services say they need, against what their networks open."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from topology.graph import Topology


class Needs(Struct, frozen=True, kw_only=True):
    """Who opens connections to whom, by network stack. `weak` ones are told by depends_on alone."""

    wanted: frozenset[tuple[str, str]]
    weak: frozenset[tuple[str, str]]


class Excess(Struct, frozen=True, kw_only=True):
    """What one network opens: `needed` pairs, their reverse, and `pairs`, the number nobody asked for."""

    network: str
    holders: tuple[str, ...]
    pairs: int
    needed: frozenset[tuple[str, str]]
    back: tuple[tuple[str, str], ...]
    weak: int


def needs_of(topology: Topology) -> Needs:
    """Links are needs; depends_on is weaker evidence of one, as it may only order the start."""
    strong, weak = set(), set()
    for name, member in topology.members.items():
        source = topology.holders[name].name
        strong |= {(source, holder_of(topology, tie.target)) for tie in member.ties}
        weak |= {(source, holder_of(topology, other)) for other in member.waits_for}
    return Needs(wanted=frozenset(strong | weak), weak=frozenset(weak - strong))


def holder_of(topology: Topology, name: str) -> str:
    return topology.holders[name].name if name in topology.holders else name


def excesses(topology: Topology, needs: Needs) -> Iterator[Excess]:
    """What each network opens beyond the needs, counted without listing pairs.

    A published port is declared open to everyone, and a shared stack is declared by `network_mode`, so
    neither counts.
    """
    asked: dict[str, list[str]] = {}
    for source, target in sorted(needs.wanted):
        if source != target:
            asked.setdefault(source, []).append(target)
    for network, holders in topology.attached.items():
        if not topology.segments[network].icc:
            continue
        here = frozenset(holders)
        needed = frozenset((one, other) for one in holders for other in asked.get(one, ()) if other in here)
        back = tuple((target, source) for source, target in sorted(needed) if (target, source) not in needed)
        yield Excess(
            network=network,
            holders=holders,
            pairs=len(here) * (len(here) - 1) - len(needed) - len(back),
            needed=needed,
            back=back,
            weak=len(needed & needs.weak),
        )
