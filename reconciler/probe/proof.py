"""Tries every connection that a stack's claims and links ask for, and says what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from reconciler.live import stranger_name
from reconciler.probe.aims import Aim, Asked, Stage, aims, places
from reconciler.probe.seam import HOST, Call, Listener, Lookup, Prober, Reply
from reconciler.state import Status
from reconciler.survey import Survey
from topology.findings import Path
from topology.graph import Outcome, Probed, Running
from topology.models import Stack
from topology.reach import End, listed, named
from topology.rules.judge import spoken_of


class Proof(Struct, frozen=True, kw_only=True):
    """What packets did, and which claims ask for packets that nobody here can send."""

    probed: tuple[Probed, ...]
    untried: tuple[tuple[Path, str], ...] = ()


def proved(stack: Stack, running: Running, survey: Survey, prober: Prober) -> Proof:
    """The proof of all claims and links by packets. It changes nothing.

    Raises:
        EngineError: a network stack cannot be entered.
    """
    asked = tuple(dict.fromkeys((*_claimed(stack, running, prober.protocols), *_linked(running))))
    there = places(running, survey)
    wanted = {place for one in asked for end in (one.source, one.target) for place in there.get(end, ())}
    stage = Stage(
        running=running,
        survey=survey,
        listeners=prober.listeners(sorted(wanted)),
        interfaces=prober.host_addresses(),
    )
    about: dict[Aim, list[Path]] = {}
    for one in asked:
        for aim in aims(stage, one):
            about.setdefault(aim, []).append(one.path)
    untried = (*_untried(stage, asked), *_other_protocols(stack, running, prober.protocols))
    return Proof(probed=tuple(_tried(stage, about, prober)), untried=tuple(dict.fromkeys(untried)))


def _claimed(stack: Stack, running: Running, protocols: frozenset[str]) -> Iterator[Asked]:
    for index, text in enumerate(stack.policy.claims):
        for source, target, port in spoken_of(running.whole, text):
            protocol = port.protocol if port else "tcp"
            if protocol in protocols:
                yield Asked(
                    source=source,
                    target=target,
                    port=port.number if port else None,
                    path=("policy", "claims", index),
                    protocol=protocol,
                )


def _other_protocols(stack: Stack, running: Running, protocols: frozenset[str]) -> Iterator[tuple[Path, str]]:
    tried = " and ".join(sorted(protocols)).upper().replace("AND", "and")
    for index, text in enumerate(stack.policy.claims):
        for source, target, port in spoken_of(running.whole, text):
            if port is not None and port.protocol not in protocols:
                pair = f"{named(source)} -> {named(target)} on {port.number}/{port.protocol}"
                yield ("policy", "claims", index), f"{pair}: only {tried} can be tried like this"


def _linked(running: Running) -> Iterator[Asked]:
    """A link says that its service can reach its target."""
    for name, member in running.own.members.items():
        for tie in member.ties:
            if tie.target in running.own.members:
                yield Asked(source=name, target=tie.target, port=tie.port, path=tie.path)


def _tried(stage: Stage, about: dict[Aim, list[Path]], prober: Prober) -> Iterator[Probed]:
    names = {Lookup(aim.caller, aim.name) for aim in about if aim.name}
    led = prober.lookups(sorted(names, key=lambda one: (one.place, one.name)))
    calls: dict[Aim, Call | None] = {}
    for aim in about:
        found = led[Lookup(aim.caller, aim.name)] if aim.name else aim.addresses
        address = next((one for one in found if one in aim.addresses), None)
        calls[aim] = _call(aim, address) if address else None
    replies = prober.calls([call for call in calls.values() if call])
    for aim, call in calls.items():
        yield _probed(stage, aim, call, replies[call] if call else None, tuple(dict.fromkeys(about[aim])))


def _call(aim: Aim, address: str) -> Call:
    return Call(aim.caller, address, aim.at, bool(aim.model), aim.door, aim.protocol)


def _probed(
    stage: Stage, aim: Aim, call: Call | None, reply: Reply | None, paths: tuple[Path, ...]
) -> Probed:
    judge = _outcome if aim.protocol == "tcp" else _outcome_of_datagram
    outcome, reached = judge(stage, aim, reply)
    return Probed(
        source=named(aim.source),
        target=named(aim.target),
        caller=_container(stage, aim.caller),
        called=_container(stage, aim.called),
        port=aim.port,
        protocol=aim.protocol,
        through=_through(aim, call),
        name=aim.name,
        model=aim.model,
        outcome=outcome,
        reached=reached,
        paths=paths,
    )


def _outcome(stage: Stage, aim: Aim, reply: Reply | None) -> tuple[Outcome, bool | None]:
    """What a reply means, and whether a packet got to the called container.

    At a door somebody else takes the connection, and hangs up where nobody takes it behind: where nobody
    listens there, and where somebody does because no packet gets to him. So it is with refusals elsewhere.
    """
    listens = _listens(stage.listeners.get(aim.called, frozenset()), aim)
    paused = aim.called != HOST and stage.sightings[aim.called].status is Status.PAUSED
    match reply:
        case None:
            return Outcome.UNNAMED, False
        case Reply.SILENCE:
            return Outcome.DROPPED, False
        case Reply.REFUSED:
            return Outcome.REFUSED, not aim.door and not listens
        case Reply.HUNG_UP if aim.door:
            return Outcome.REFUSED, not listens
        case _ if paused:
            return Outcome.PAUSED, True
        case _:
            return Outcome.ANSWERED, True


def _outcome_of_datagram(stage: Stage, aim: Aim, reply: Reply | None) -> tuple[Outcome, bool | None]:
    """The same of a datagram: where somebody listens who need not answer, silence tells nothing.

    Behind a door nobody can tell who refuses, or whether it was handed on.
    """
    listens = _listens(stage.listeners.get(aim.called, frozenset()), aim)
    match reply:
        case None:
            return Outcome.UNNAMED, False
        case Reply.TAKEN:
            return Outcome.ANSWERED, True
        case Reply.REFUSED:
            return Outcome.REFUSED, None if aim.door and not listens else not listens
        case _ if listens or aim.door:
            return Outcome.SILENT, None
        case _:
            return Outcome.DROPPED, False


def _listens(listeners: Iterable[Listener], aim: Aim) -> bool:
    own = {"", *aim.addresses} if not aim.door else None
    return any(
        (one.port, one.protocol) == (aim.port, aim.protocol) and (own is None or one.address in own)
        for one in listeners
    )


def _through(aim: Aim, call: Call | None) -> str:
    address = f"[{call.address}]" if call and ":" in call.address else call.address if call else ""
    if aim.name:
        return f"{aim.name} ({address})" if address else aim.name
    return f"{address}:{aim.at}" if aim.door else address


def _container(stage: Stage, place: str) -> str:
    return HOST if place == HOST else stage.sightings[place].name


def _untried(stage: Stage, asked: Iterable[Asked]) -> Iterator[tuple[Path, str]]:
    """Pairs of which an end has no network stack here: what is beyond this host, and what does not run."""
    for one in asked:
        pair = f"{named(one.source)} -> {named(one.target)}"
        far = sorted({node for end in (one.source, one.target) for node in _out_of_sight(stage, end)})
        missing = [end for end in (one.source, one.target) if end not in stage.places]
        if far:
            yield one.path, f"{pair}: no way to node {listed(far)}; --node URL gives one"
        elif missing:
            yield one.path, f"{pair}: {_why(one, missing[0])}"


def _out_of_sight(stage: Stage, end: End) -> Iterator[str]:
    """The nodes of a Swarm that run it and whose network stacks nobody here can enter."""
    services = {one.container: one.service for one in stage.running.containers}
    members = stage.running.own.members
    far = (one for one in stage.survey.sightings if one.runs and one.node and not one.pid)
    yield from (one.node for one in far if services.get(one.name, stranger_name(one, members)) == end)


def _why(asked: Asked, end: End) -> str:
    if isinstance(end, str):
        return f"{end} does not run"
    if end is asked.source:
        return "nobody here stands beyond this host"
    return "packets go to containers and this host only"
