"""The pairs of a picture: asked for, open without need, and those that a claim forbids."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from cli.report.check import Check
from cli.report.picture import Excess, Flow, Sort
from topology.claims import ClaimError, Form, parse
from topology.findings import Finding
from topology.graph import Member, Tie, Topology
from topology.models import Stack
from topology.reach import Answer, End, resolves
from topology.rules.judge import breaches
from topology.rules.needs import Excess as Opened
from topology.rules.needs import excesses, needs_of

FEW = 3
"""Pairs of one network that are drawn one by one; more are a bracket with their number."""
MOST = 12
"""Pairs that are drawn for one claim."""


def flows_of(stack: Stack, topology: Topology, check: Check) -> tuple[tuple[Flow, ...], tuple[Excess, ...]]:
    """Every pair that is drawn, and what each network opens without need."""
    waived = _waived(check)
    excess = () if stack.policy.default == "allow" else tuple(_opened(topology, waived))
    flows = (
        *_links(topology),
        *_orders(topology),
        *(flow for one, pairs in excess for flow in _between(one, pairs)),
        *_broken(stack, topology, check),
    )
    return flows, tuple(one for one, _ in excess)


def _links(topology: Topology) -> Iterator[Flow]:
    for member in topology.members.values():
        for tie in member.ties:
            if tie.target in topology.members:
                yield Flow(
                    sort=Sort.LINK,
                    source=member.name,
                    target=tie.target,
                    network=_carrying(topology, member, tie),
                    text=_words(tie),
                )


def _words(tie: Tie) -> str:
    parts = [f"as {tie.alias}"] if tie.alias != tie.target else []
    return ", ".join([*parts, *([f"port {tie.port}"] if tie.port else [])])


def _orders(topology: Topology) -> Iterator[Flow]:
    """depends_on without a link: a need is likely."""
    for member in topology.members.values():
        linked = {tie.target for tie in member.ties}
        for name in member.waits_for:
            if name in topology.members and name not in linked:
                yield Flow(
                    sort=Sort.ORDER,
                    source=member.name,
                    target=name,
                    network=_common(topology, member.name, name),
                )


def _carrying(topology: Topology, member: Member, tie: Tie) -> str | None:
    """The network on which the link's name resolves, if it also carries packets; else any that does."""
    found = resolves(topology, member.name, tie.alias).network
    return (
        found
        if found in _both(topology, member.name, tie.target)
        else _common(topology, member.name, tie.target)
    )


def _common(topology: Topology, one: str, other: str) -> str | None:
    both = _both(topology, one, other)
    return next((name for name in topology.standings[one].order if name in both), None)


def _both(topology: Topology, one: str, other: str) -> frozenset[str]:
    return topology.standings[one].peers & topology.standings[other].peers


def _opened(
    topology: Topology, waived: dict[str, str]
) -> Iterator[tuple[Excess, tuple[tuple[str, str], ...]]]:
    """For each network that opens too much: how much, and the pairs, as far as they are drawn."""
    for one in excesses(topology, needs_of(topology)):
        if one.pairs:
            pairs = tuple(islice(_unasked(one), FEW + 1))
            why = waived.get(one.network) or waived.get("", "")
            ends = (
                one.holders
                if len(pairs) > FEW
                else tuple(dict.fromkeys(end for pair in pairs for end in pair))
            )
            yield Excess(network=one.network, pairs=one.pairs, services=ends, waived=why), pairs


def _unasked(one: Opened) -> Iterator[tuple[str, str]]:
    for pair in combinations(one.holders, 2):
        if pair not in one.needed and pair[::-1] not in one.needed:
            yield pair


def _between(one: Excess, pairs: tuple[tuple[str, str], ...]) -> Iterator[Flow]:
    for source, target in pairs if len(pairs) <= FEW else ():
        yield Flow(
            sort=Sort.EXCESS, source=source, target=target, network=one.network, both=True, waived=one.waived
        )


def _waived(check: Check) -> dict[str, str]:
    """Why a network's excess is accepted; under "" what is for all of them."""
    found: dict[str, str] = {}
    for finding in check.findings:
        match finding.path:
            case ("networks", str(name)) if finding.code == "T120" and finding.waived:
                found[name] = finding.waived
            case ("services",) if finding.code == "T121" and finding.waived:
                found[""] = finding.waived
    return found


def _broken(stack: Stack, topology: Topology, check: Check) -> Iterator[Flow]:
    """What claims say cannot be opened, and yet can."""
    for index, finding in _claims(check):
        yield from islice(_breaking(stack.policy.claims[index], topology, finding), MOST)


def _claims(check: Check) -> Iterator[tuple[int, Finding]]:
    for finding in check.findings:
        match finding.path:
            case ("policy", "claims", int(index)) if finding.code in {"T101", "T102"}:
                yield index, finding


def _breaking(text: str, topology: Topology, finding: Finding) -> Iterator[Flow]:
    try:
        claim = parse(text)
    except ClaimError:
        return
    if claim.form is Form.CAN:
        return
    for one in breaches(topology, claim):
        doubt = "" if one.answer is Answer.YES else " (not provable)"
        yield Flow(
            sort=Sort.BROKEN,
            source=one.source,
            target=one.target,
            network=_way(topology, one.source, one.target),
            text=f"{text}{doubt}",
            claim=text,
            port=one.port,
            waived=finding.waived,
        )


def _way(topology: Topology, source: End, target: End) -> str | None:
    if isinstance(source, str) and isinstance(target, str):
        return _common(topology, source, target)
    return None
