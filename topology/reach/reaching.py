"""The verdict: all routes between two ends, or why there are none, or why that cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

from topology.graph import HOST, HOST_NETWORK, Mode, Place, Standing, Taint, Topology
from topology.reach.question import Question
from topology.reach.reasons import assumed, why_not
from topology.reach.routes import rules_for
from topology.reach.verdict import Answer, End, Route, Verdict, named

_NOWHERE = Standing(holder=Place.WORLD, mode=Mode.NONE)


def reach(
    topology: Topology, source: End, target: End, port: int | None = None, protocol: str = "tcp"
) -> Verdict:
    """Can some packet get from a replica of `source` to `port` (any, when None) of a replica of `target`?

    Whether a program listens there is not asked. NO is proved: a source that can leave its networks, by the
    Docker socket for example, makes it UNPROVABLE. Raises KeyError for a name that is no member.
    """
    ask = question(topology, source, target, port, protocol)
    routes = tuple(_routes(ask))
    answer = Answer.YES
    reasons: tuple[str, ...] = ()
    if not any(route.certain for route in routes):
        reasons = (*doubts(topology, source, target), *(route.doubt for route in routes if route.doubt))
        answer = Answer.UNPROVABLE if reasons else Answer.NO
        reasons = reasons or why_not(ask)
    return Verdict(
        source=source,
        target=target,
        port=port,
        protocol=protocol,
        answer=answer,
        routes=routes,
        reasons=tuple(dict.fromkeys(reasons)),
        assumptions=tuple(assumed(ask, answer, routes)),
    )


def answer(
    topology: Topology, source: End, target: End, port: int | None = None, protocol: str = "tcp"
) -> Answer:
    """The answer of `reach` alone, at a fraction of the time: it stops at the first certain route."""
    if isinstance(source, str) and isinstance(target, str):
        quick = _by_networks(topology, source, target)
        if quick is not None:
            return quick
    doubtful = False
    for route in _routes(question(topology, source, target, port, protocol)):
        if route.certain:
            return Answer.YES
        doubtful = True
    doubtful = doubtful or any(True for _ in doubts(topology, source, target))
    return Answer.UNPROVABLE if doubtful else Answer.NO


def certain_routes(topology: Topology, source: End, target: End) -> tuple[Route, ...]:
    """The certain routes of `reach` to any port alone: nobody has to say why there is none."""
    if isinstance(source, str) and isinstance(target, str):
        quick = _by_networks(topology, source, target)
        if quick is not None and quick is not Answer.YES:
            return ()
    return tuple(route for route in _routes(question(topology, source, target, None, "tcp")) if route.certain)


def _by_networks(topology: Topology, source: str, target: str) -> Answer | None:
    """The answer where common networks alone decide it; None where all the rules have to be asked."""
    a, b = topology.standings[source], topology.standings[target]
    if a.holder == b.holder or not a.peers.isdisjoint(b.peers):
        return Answer.YES
    if not topology.assumptions.bridge_netfilter or a.mode is not Mode.NETWORKS:
        return None
    if a.lan or a.other or a.holder in topology.admins or not b.is_secluded:
        return None
    return Answer.UNPROVABLE if topology.members[source].taints else Answer.NO


def question(topology: Topology, source: End, target: End, port: int | None, protocol: str) -> Question:
    """The question with both standings looked up."""
    return Question(
        topology, source, target, _standing(topology, source), _standing(topology, target), port, protocol
    )


def taints(topology: Topology, source: End) -> tuple[Taint, ...]:
    """What lets `source` leave its networks; whoever lives in the host's stack is tainted by that."""
    if isinstance(source, Place):
        return ()
    own = topology.members[source].taints
    lodges = topology.standings[source].holder is HOST and not any(one.text == HOST_NETWORK for one in own)
    return (*own, Taint(text=HOST_NETWORK, path=topology.members[source].path)) if lodges else own


def doubts(topology: Topology, source: End, target: End) -> Iterator[str]:
    """Why there may be a way though no rule gives one."""
    for taint in taints(topology, source):
        yield f"{named(source)} {taint.text}"
    for end in (source, target):
        if isinstance(end, str) and topology.standings[end].mode is Mode.UNKNOWN:
            yield f"{end} lives in the network of a container that is not part of this stack"


def _routes(ask: Question) -> Iterator[Route]:
    for rule in rules_for(ask.source, ask.target):
        yield from rule(ask)


def _standing(topology: Topology, end: End) -> Standing:
    return _NOWHERE if end is Place.WORLD else topology.standing_of(end)
