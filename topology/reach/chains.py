"""Reach through others: chains of services, each opening a connection to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from topology.graph import HOST, WORLD, Mode, Topology
from topology.graph.nodes import HOST_STACK, WORLD_NODE, living_in, node_of
from topology.graph.world import Node, Step
from topology.reach.reaching import answer, reach, taints
from topology.reach.verdict import Answer, End, Route, named


class Blast(Struct, frozen=True, kw_only=True):
    """Whom a source reaches: `hops` counts the connections (1 is direct) for each member that it surely
    reaches, nearest first; `doubtful` are those that it may reach; `why` says what the doubt rests on."""

    source: End
    hops: Mapping[str, int]
    doubtful: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


class Upstream(Struct, frozen=True, kw_only=True):
    """Who reaches a target directly or through others: surely, and perhaps."""

    certain: frozenset[End]
    doubtful: frozenset[End]


def blast_radius(topology: Topology, source: End) -> Blast:
    """Whom `source` can reach if every service on the way is taken over, one after another."""
    hops = _hops(topology, source, certain=True)
    why = tuple(dict.fromkeys(_escapes(topology, source, hops)))
    maybe = topology.members if why else _hops(topology, source, certain=False)
    doubtful = tuple(
        name for name in topology.members if name in maybe and name not in hops and name != source
    )
    return Blast(source=source, hops=hops, doubtful=doubtful, why=why)


def chain(
    topology: Topology, source: End, target: End, port: int | None = None, protocol: str = "tcp"
) -> tuple[Route, ...]:
    """The shortest chain of certain routes from `source` to `target`; empty when there is none.

    Ports count at the last step only: whoever is taken over on the way may open anything. A relay is not
    taken over: it opens its one port, whoever asks. The target is nobody to go through.
    """
    if answer(topology, source, target, port, protocol) is Answer.YES:
        return (_certain(topology, source, target, port, protocol),)
    around = _around(topology, target)
    for last in _hops(topology, source, certain=True, without=around):
        if last != target and _opens(topology, last, target, port, protocol) is Answer.YES:
            before = _path(topology, source, last, without=around)
            return (*before, _certain(topology, last, target, port, protocol))
    return ()


def _around(topology: Topology, target: End) -> Node | None:
    """The node that a chain to a target has to go round: its own, where nobody else lives in it."""
    if not isinstance(target, str):
        return None
    node = node_of(topology, target)
    return node if living_in(topology, node) == (target,) else None


def _opens(topology: Topology, last: str, target: End, port: int | None, protocol: str) -> Answer:
    """Whether one who is on the way opens the port that is asked for."""
    if last not in topology.relays or _hands_on(topology, last, target, port, protocol):
        return answer(topology, last, target, port, protocol)
    return Answer.NO


def _hands_on(topology: Topology, name: End, target: End, port: int | None, protocol: str) -> bool:
    """Whether a relay leads to that port."""
    relay = topology.members[name].relay if isinstance(name, str) else None
    if relay is None or target not in topology.relays[str(name)]:
        return False
    return protocol == "tcp" and port in {None, relay.port}


def chain_answer(
    topology: Topology, source: End, target: End, port: int | None = None, protocol: str = "tcp"
) -> tuple[Answer, tuple[Route, ...], tuple[str, ...]]:
    """Can `source` reach `target`, also through others: the answer, the chain, and why it may be doubtful."""
    if found := chain(topology, source, target, port, protocol):
        return Answer.YES, found, ()
    direct = reach(topology, source, target, port, protocol)
    if direct.answer is Answer.NO and not _perhaps(
        topology, source, upstream(topology, target, port, protocol)
    ):
        return Answer.NO, (), ()
    doubts = (*blast_radius(topology, source).why, *direct.reasons * (direct.answer is Answer.UNPROVABLE))
    return (
        Answer.UNPROVABLE,
        (),
        tuple(dict.fromkeys(doubts)) or (f"{named(source)} may get there through others",),
    )


def _perhaps(topology: Topology, source: End, above: Upstream) -> bool:
    """A doubtful chain leads from `source`; the host's programs are no part of a chain, only its start."""
    if source is not HOST:
        return source in above.doubtful
    return not (above.certain | above.doubtful).isdisjoint(_hops(topology, source, certain=False))


def upstream(topology: Topology, target: End, port: int | None = None, protocol: str = "tcp") -> Upstream:
    """Everybody who can reach `target`, also through others, in one walk against the arrows."""
    ends: tuple[End, ...] = (*topology.members, WORLD)
    last = {end: answer(topology, end, target, port, protocol) for end in ends if end != target}
    sure = {end for end, found in last.items() if found is Answer.YES}
    maybe = {end for end, found in last.items() if found is not Answer.NO}
    escaping = {end for end in topology.members if any(_escapes(topology, end, ()))}
    stops = {end for end in topology.relays if not _hands_on(topology, end, target, port, protocol)}
    around = _around(topology, target)
    certain = sure | _before(topology, sure - stops, certain=True, without=around)
    doubtful = maybe | escaping | _before(topology, (maybe | escaping) - stops, certain=False, without=around)
    return Upstream(certain=frozenset(certain - {target}), doubtful=frozenset(doubtful - certain - {target}))


def _before(topology: Topology, ends: Iterable[End], *, certain: bool, without: Node | None) -> set[End]:
    """Members, and the world, from which a chain leads to one of `ends`."""
    start = {_start(topology, end) for end in ends}
    found: set[End] = set()
    through_host = bool(topology.on_host)
    relays = {node_of(topology, name): name for name in topology.relays}
    steps = topology.onward_back
    for layer in _layers(steps, start, certain=certain, through_host=through_host, without=without):
        for node in layer:
            found.update(living_in(topology, node) if node != WORLD_NODE else (WORLD,))
            if relays:  # a chain may begin at one, and then it opens what it wants
                before = topology.steps_back.get(node, ())
                found.update(relays[one] for one, sure in before if one in relays and (sure or not certain))
    return found


def _onward(topology: Topology, start: Node) -> Mapping[Node, Sequence[Step]]:
    """The steps of chains from there: who begins one opens what it wants, a relay too."""
    if topology.onward is topology.steps:
        return topology.steps
    return {**topology.onward, start: topology.steps.get(start, ())}


def _hops(topology: Topology, source: End, *, certain: bool, without: Node | None = None) -> dict[str, int]:
    """Members by the number of connections it takes, nearest first, the source left out."""
    found: dict[str, int] = {}
    start = _start(topology, source)
    through_host = _through_host(topology, source)
    steps = _onward(topology, start)
    layers = _layers(steps, {start}, certain=certain, through_host=through_host, without=without)
    for depth, layer in enumerate(layers):
        for member in sorted(one for node in layer for one in living_in(topology, node)):
            found.setdefault(member, max(depth // 2, 1))
    found.pop(named(source) if isinstance(source, str) else "", None)
    return found


def _layers(
    steps: Mapping[Node, Sequence[Step]],
    start: Iterable[Node],
    *,
    certain: bool,
    through_host: bool,
    without: Node | None = None,
    came: dict[Node, Node] | None = None,
) -> Iterator[list[Node]]:
    """The graph breadth first: stacks at even depths, what joins them at odd ones; `came` takes the way.

    It goes round the node `without`.

    Programs of the host are no services, so there is no way through them unless a service is one.
    """
    layer = list(start)
    seen = {*layer, without}
    while layer:
        yield layer
        here, layer = layer, []
        for node in here if through_host else (one for one in here if one != HOST_STACK):
            for other, sure in steps.get(node, ()):
                if other not in seen and (sure or not certain) and (through_host or other != HOST_STACK):
                    seen.add(other)
                    layer.append(other)
                    if came is not None:
                        came[other] = node


def _through_host(topology: Topology, source: End) -> bool:
    return source is HOST or bool(topology.on_host)


def _path(topology: Topology, source: End, target: str, *, without: Node | None) -> tuple[Route, ...]:
    """The routes of a shortest chain of certain ones."""
    start, goal = _start(topology, source), node_of(topology, target)
    came: dict[Node, Node] = {}
    through_host = _through_host(topology, source)
    steps = _onward(topology, start)
    layers = _layers(steps, (start,), certain=True, through_host=through_host, without=without, came=came)
    next(layer for layer in layers if goal in layer)
    nodes = [goal]
    while nodes[-1] != start:
        nodes.append(came[nodes[-1]])
    between = [living_in(topology, node)[0] for node in nodes[-3:0:-2]]
    return tuple(
        _certain(topology, one, other, _led_by(topology, one) if one != source else None)
        for one, other in pairwise([source, *between, target])
    )


def _led_by(topology: Topology, end: End) -> int | None:
    """The port that a relay leads to."""
    relay = topology.members[end].relay if isinstance(end, str) and end in topology.relays else None
    return relay.port if relay else None


def _start(topology: Topology, source: End) -> Node:
    if isinstance(source, str):
        return node_of(topology, source)
    return HOST_STACK if source is HOST else WORLD_NODE


def _certain(
    topology: Topology, source: End, target: End, port: int | None = None, protocol: str = "tcp"
) -> Route:
    verdict = reach(topology, source, target, port, protocol)
    return next(route for route in verdict.routes if route.certain)


def _escapes(topology: Topology, source: End, hops: Iterable[str]) -> Iterator[str]:
    """What would let somebody on the way out of the networks altogether."""
    for end in (source, *hops):
        for taint in taints(topology, end):
            yield f"{named(end)} {taint.text}"
        if isinstance(end, str) and topology.standings[end].mode is Mode.UNKNOWN:
            yield f"{end} lives in the network of a container that is not part of this stack"
