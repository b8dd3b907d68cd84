"""Claims: is each sentence of `policy.claims` true?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from topology.claims import Claim, ClaimError, Ends, Form, PortOf, Sort, parse
from topology.findings import Finding, Path, Severity
from topology.graph import HOST, WORLD, Topology
from topology.nearest import asked
from topology.reach import (
    Answer,
    End,
    Naming,
    Upstream,
    Verdict,
    answer,
    by_name,
    chain_answer,
    listed,
    named,
    reach,
    upstream,
)
from topology.reach.explain import opener
from topology.rules.case import Case
from topology.rules.words import Ground, ground, opened_by, unproved

ANY_PORT = (None,)


class Breach(Struct, frozen=True, kw_only=True):
    """A pair for which a claim does not hold; `answer` YES or NO breaks it, UNPROVABLE leaves it open."""

    source: End
    target: End
    port: PortOf | None
    answer: Answer


MOST = 5
"""So many values of a label are named."""


def judged(case: Case) -> Iterator[Finding]:
    """T101 to T104, at most one finding for each claim."""
    for index, text in enumerate(case.stack.policy.claims):
        path: Path = ("policy", "claims", index)
        try:
            claim = parse(text)
        except ClaimError as error:
            yield _unread(text, error, path)
            continue
        faults = (
            *_unknown(case.everybody, claim, path),
            *_two_meanings(case.everybody, claim, path),
            *_of_one(claim, path),
        )
        yield from faults or _judge(case.everybody, claim, path)


def spoken_of(topology: Topology, text: str) -> Iterator[tuple[End, End, PortOf | None]]:
    """The pairs that a claim says something of, with each port it names; none where it cannot be read."""
    with suppress(ClaimError):
        claim = parse(text)
        for port in _asked(claim):
            yield from ((source, target, port) for source, target in _pairs(topology, claim))


def _unread(text: str, error: ClaimError, path: Path) -> Finding:
    return Finding(
        code="T103",
        severity=Severity.ERROR,
        message=f"claim is not understood: {text}",
        path=path,
        label=error.message,
        word=(error.position, error.width),
        mend='say "A can reach B", "A cannot reach B", "only A can reach B" or "A can reach only B"',
    )


def _unknown(topology: Topology, claim: Claim, path: Path) -> Iterator[Finding]:
    for ends in (*claim.subjects, *claim.objects):
        if ends.sort in {Sort.SERVICE, Sort.NETWORK, Sort.LABEL} and not _expand(topology, ends):
            yield Finding(
                code="T104",
                severity=Severity.ERROR,
                message=f"claim names {_unknown_text(ends)}: {claim.text}",
                path=path,
                label=_meant(topology, ends) or f"there is no {ends}",
                mend="name one that is there, or take the claim out",
                word=(ends.position, ends.width),
            )


def _two_meanings(topology: Topology, claim: Claim, path: Path) -> Iterator[Finding]:
    """A word of the grammar that is a service as well: which one is meant must be said."""
    for ends in (*claim.subjects, *claim.objects):
        word = ends.sort.value
        if ends.sort in {Sort.ANY, Sort.WORLD, Sort.HOST} and word in topology.members:
            yield Finding(
                code="T104",
                severity=Severity.ERROR,
                message=f"claim says {word}, which is also a service here: {claim.text}",
                path=path,
                label=f"in a claim {word} is a word of its own",
                word=(ends.position, ends.width),
                mend=f"write service {word} for the service; for the other meaning rename it",
            )


def _of_one(claim: Claim, path: Path) -> Iterator[Finding]:
    """A claim about one end and itself, of which nothing is ever asked."""
    ends = {(one.sort, one.name) for one in (*claim.subjects, *claim.objects)}
    plain = {Sort.SERVICE, Sort.WORLD, Sort.HOST}
    if len(ends) == 1 and claim.form in {Form.CAN, Form.CANNOT} and claim.subjects[0].sort in plain:
        twice = claim.objects[0]
        yield Finding(
            code="T104",
            severity=Severity.ERROR,
            message=f"claim names {twice} twice and nothing else: {claim.text}",
            path=path,
            label="what has to do with itself alone is not asked",
            mend="name two, or take the claim out",
            word=(twice.position, twice.width),
        )


def _unknown_text(ends: Ends) -> str:
    if ends.sort is Sort.LABEL:
        return f"{ends}, which no service carries"
    return f"{ends}, which is no {'network with a service on it' if ends.sort is Sort.NETWORK else 'service'}"


def _meant(topology: Topology, ends: Ends) -> str:
    if ends.sort is Sort.LABEL:
        said = sorted({one.labels[ends.name] for one in topology.members.values() if ends.name in one.labels})
        if said:
            return f"{ends.name} is {listed(said[:MOST], 'or')}"
        return asked(ends.name, sorted({key for one in topology.members.values() for key in one.labels}))
    if ends.sort is Sort.NETWORK and ends.name in topology.segments:
        return f"no service is on {ends.name}"
    known = topology.segments if ends.sort is Sort.NETWORK else (*topology.members, "any", "world", "host")
    return asked(ends.name, known)


def _expand(topology: Topology, ends: Ends) -> tuple[End, ...]:
    """The services, or places, that an end of a claim stands for."""
    match ends.sort:
        case Sort.WORLD:
            return (WORLD,)
        case Sort.HOST:
            return (HOST,)
        case Sort.ANY:
            return tuple(topology.members)
        case Sort.SERVICE:
            return (ends.name,) if ends.name in topology.members else ()
        case Sort.NETWORK:
            held = topology.attached.get(ends.name, ())
            return tuple(name for holder in held for name in topology.residents(holder))
        case Sort.LABEL:
            return tuple(
                name for name, one in topology.members.items() if _labelled(one.labels.get(ends.name), ends)
            )


def _labelled(value: str | None, ends: Ends) -> bool:
    return value is not None and ends.value in {None, value}


def _all(topology: Topology, ends: tuple[Ends, ...]) -> tuple[End, ...]:
    return tuple(dict.fromkeys(one for each in ends for one in _expand(topology, each)))


def _judge(topology: Topology, claim: Claim, path: Path) -> Iterator[Finding]:
    found = tuple(breaches(topology, claim))
    broken = [one for one in found if one.answer is not Answer.UNPROVABLE]
    if broken:
        yield _finding(topology, claim, path, "T101", broken)
    elif found:
        yield _finding(topology, claim, path, "T102", list(found))


def breaches(topology: Topology, claim: Claim) -> Iterator[Breach]:
    """The pairs for which a claim does not hold, or cannot be proved."""
    if claim.form is Form.CAN:
        yield from _not_reached(topology, claim)
    elif claim.through_others:
        yield from _reached_through_others(topology, claim)
    else:
        yield from _reached(topology, claim)


def _pairs(topology: Topology, claim: Claim) -> Iterator[tuple[End, End]]:
    """The pairs that a claim speaks of; for the two "only" forms all pairs that it forbids.

    "Only" means the services of the stack and the world: the host opens every container whatever a stack
    says, so it counts only where a claim names it.
    """
    subjects, objects = _all(topology, claim.subjects), _all(topology, claim.objects)
    everybody: tuple[End, ...] = (*topology.members, WORLD)
    if claim.form is Form.ONLY_FROM:
        allowed = set(subjects)
        subjects = tuple(end for end in everybody if end not in allowed)
    elif claim.form is Form.ONLY_TO:
        allowed = set(objects)
        objects = tuple(end for end in everybody if end not in allowed)
    for target in objects:
        yield from ((source, target) for source in subjects if source != target)


def _asked(claim: Claim) -> tuple[PortOf | None, ...]:
    return claim.ports or ANY_PORT


def _reached(topology: Topology, claim: Claim) -> Iterator[Breach]:
    for port in _asked(claim):
        for source, target in _pairs(topology, claim):
            found = answer(topology, source, target, *_port(port))
            if found is not Answer.NO:
                yield Breach(source=source, target=target, port=port, answer=found)


def _reached_through_others(topology: Topology, claim: Claim) -> Iterator[Breach]:
    """One walk against the arrows for each target, not one for each pair."""
    objects = _all(topology, claim.objects)
    sources = {
        (target, port): upstream(topology, target, *_port(port))
        for target in objects
        for port in _asked(claim)
    }
    for port in _asked(claim):
        for source, target in _pairs(topology, claim):
            found = _through_others(topology, source, target, port, sources[target, port])
            if found is not Answer.NO:
                yield Breach(source=source, target=target, port=port, answer=found)


def _through_others(
    topology: Topology, source: End, target: End, port: PortOf | None, above: Upstream
) -> Answer:
    """What the walk found; the host is no part of one."""
    if source is HOST:
        return chain_answer(topology, source, target, *_port(port))[0]
    if source in above.certain:
        return Answer.YES
    return Answer.UNPROVABLE if source in above.doubtful else Answer.NO


def _not_reached(topology: Topology, claim: Claim) -> Iterator[Breach]:
    for port in _asked(claim):
        for source, target in _pairs(topology, claim):
            found = answer(topology, source, target, *_port(port))
            if (
                found is Answer.YES
                and claim.by_name
                and by_name(topology, source, target).answer is not Naming.YES
            ):
                found = Answer.NO
            if found is not Answer.YES:
                yield Breach(source=source, target=target, port=port, answer=found)


def _port(port: PortOf | None) -> tuple[int | None, str]:
    return (port.number, port.protocol) if port else (None, "tcp")


def _finding(topology: Topology, claim: Claim, path: Path, code: str, breaches: list[Breach]) -> Finding:
    """The finding for a claim, told by its first breach."""
    why = _why(topology, claim, breaches[0])
    more = f" ({len(breaches) - 1:,} more like this)" if len(breaches) > 1 else ""
    verb = "broken" if code == "T101" else "cannot be proved"
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=f"claim {verb}: {claim.text}",
        path=path,
        label=why.text + more,
        mend=f"{why.mend}, or change the claim" if why.mend else "change the stack or the claim",
        related=(why.related,) if why.related else (),
    )


def _why(topology: Topology, claim: Claim, breach: Breach) -> Ground:
    if claim.through_others and breach.answer is Answer.YES:
        return _by_chain(topology, breach)
    verdict = reach(topology, breach.source, breach.target, *_port(breach.port))
    if breach.answer is Answer.UNPROVABLE:
        return _open_question(topology, claim, verdict)
    if claim.form is Form.CAN:
        return _missing(topology, claim, verdict)
    route = opened_by(verdict)
    return ground(topology, verdict, route) if route else unproved(topology, verdict)


def _by_chain(topology: Topology, breach: Breach) -> Ground:
    _, routes, _ = chain_answer(topology, breach.source, breach.target, *_port(breach.port))
    first = reach(topology, breach.source, breach.target, *_port(breach.port))
    if first.answer is Answer.YES:
        return ground(topology, first, routes[0])
    return Ground(text="through others: " + ", then ".join(route.text for route in routes))


def _open_question(topology: Topology, claim: Claim, verdict: Verdict) -> Ground:
    if verdict.answer is Answer.UNPROVABLE:
        return unproved(topology, verdict)
    _, _, why = chain_answer(topology, verdict.source, verdict.target, verdict.port, verdict.protocol)
    return Ground(text="; ".join(why) or f"{named(verdict.source)} may get there through others")


def _missing(topology: Topology, claim: Claim, verdict: Verdict) -> Ground:
    """Why a claimed route is not there: no route at all, or none by name."""
    if verdict.answer is Answer.YES:
        naming = by_name(topology, verdict.source, verdict.target)
        return Ground(text=f"{verdict.text}, but not by name: {naming.reason}")
    return Ground(text=verdict.text, mend=opener(topology, verdict))
