"""Everything about one pair, for a person: verdicts, names, what is in the way, what would open it."""

from __future__ import annotations

from msgspec import Struct

from topology.graph import HOST, WORLD, Mode, Topology
from topology.reach.beside import Beside, beside
from topology.reach.chains import chain_answer
from topology.reach.names import ByName, by_name
from topology.reach.reaching import reach
from topology.reach.verdict import Answer, End, Route, Verdict


class Explanation(Struct, frozen=True, kw_only=True):
    """What `topo explain A B` shows.

    `through` is the shortest chain through other services where there is no direct way, with its own answer
    and doubts; `opener` says what would make an unreachable target reachable, in a sentence without subject;
    `beside` is what passes between the two without a packet.
    """

    there: Verdict
    back: Verdict
    name_there: ByName
    name_back: ByName
    through_answer: Answer
    through: tuple[Route, ...] = ()
    through_doubts: tuple[str, ...] = ()
    opener: str = ""
    beside: tuple[Beside, ...] = ()


def explain(
    topology: Topology, source: End, target: End, port: int | None = None, protocol: str = "tcp"
) -> Explanation:
    """The verdict with all that belongs to it, in both directions. The port counts there, not back."""
    there = reach(topology, source, target, port, protocol)
    through_answer, through, doubts = chain_answer(topology, source, target, port, protocol)
    return Explanation(
        there=there,
        back=reach(topology, target, source),
        name_there=by_name(topology, source, target),
        name_back=by_name(topology, target, source),
        through_answer=through_answer,
        through=through,
        through_doubts=doubts,
        opener="" if there.answer is Answer.YES else opener(topology, there),
        beside=beside(topology, source, target)
        if isinstance(source, str) and isinstance(target, str)
        else (),
    )


def opener(topology: Topology, verdict: Verdict) -> str:
    """The cheapest change that would open the way; empty where a stack file cannot."""
    source, target = verdict.source, verdict.target
    if target is WORLD:
        return f"put {source} on a network that is not internal"
    if source is WORLD:
        return f"publish a port of {target}" if isinstance(target, str) else ""
    if source is HOST or target is HOST or not (isinstance(source, str) and isinstance(target, str)):
        return ""
    return _join(topology, source, target)


def _join(topology: Topology, source: str, target: str) -> str:
    """One end joins a network of the other, one that only the other's own clients are on if there is one."""
    for end in (source, target):
        if not topology.members[end].replicas:
            return f"start {end}"
        if topology.standings[end].mode is not Mode.NETWORKS:
            return f"give {end} a network that {target if end == source else source} is on"
    networks = [name for name in topology.standings[target].order if topology.segments[name].icc]
    if not networks:
        return f"put {source} and {target} on one network"
    best = min(networks, key=lambda name: (len(topology.attached[name]), name))
    return f"put {topology.holders[source].name} on {best}"
