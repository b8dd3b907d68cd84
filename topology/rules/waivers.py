"""What the stack says about its own findings: how much a rule weighs, and what is accepted for now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from topology.findings import Finding, Path, Severity
from topology.models import Policy, Waiver
from topology.nearest import asked
from topology.rules.case import Case
from topology.structs import replace

WAIVABLE_CLAIM = frozenset({"T101", "T102"})
"""What a waiver of a claim accepts: that it is broken or cannot be proved, not that it is misspelt."""


def declared(case: Case) -> Iterator[Finding]:
    """T105 and T106: waivers that have expired, and names in the policy that mean nothing."""
    policy = case.stack.policy
    for code in policy.rules:
        yield from _unknown_code(case, code, ("policy", "rules", code))
    for index, waiver in enumerate(policy.waive):
        path: Path = ("policy", "waive", index)
        yield from _meaningless(case, waiver, path)
        if _is_over(waiver, case.today):
            yield Finding(
                code="T105",
                severity=Severity.ERROR,
                message=f"waiver of {waiver.claim or waiver.rule} has expired",
                path=(*path, "until"),
                label=f"today is {case.today}; the reason was: {waiver.reason}",
                mend="mend what it waives, or give it another date",
            )


def settled(found: Iterable[Finding], policy: Policy, today: date | None) -> tuple[Finding, ...]:
    """The findings with the severities that the policy gives them, those it waives marked with the reason."""
    weighed = [one for each in found if (one := _weighed(each, policy)) is not None]
    if not policy.waive:
        return tuple(weighed)
    done = tuple(_waived(one, policy, today) for one in weighed)
    unused = (one for each in _unused(weighed, policy, today) if (one := _weighed(each, policy)))
    return (*done, *unused)


def _weighed(finding: Finding, policy: Policy) -> Finding | None:
    said = policy.rules.get(finding.code)
    if said is None:
        return finding
    return None if said == "off" else replace(finding, severity=Severity(said))


def _waived(finding: Finding, policy: Policy, today: date | None) -> Finding:
    for waiver in policy.waive:
        if not _is_over(waiver, today) and _covers(waiver, finding, policy):
            return replace(finding, waived=_reason(waiver))
    return finding


def _unused(found: list[Finding], policy: Policy, today: date | None) -> Iterator[Finding]:
    """T107: waivers that are good for nothing any more."""
    wrong = {one.path[2] for one in found if one.code == "T106" and one.path[:2] == ("policy", "waive")}
    for index, waiver in enumerate(policy.waive):
        if index in wrong or _is_over(waiver, today):
            continue
        if not any(_covers(waiver, one, policy) for one in found):
            yield Finding(
                code="T107",
                severity=Severity.NOTE,
                message=f"waiver of {waiver.claim or waiver.rule} waives nothing",
                path=("policy", "waive", index),
                label="there is no such finding",
                mend="take it out",
            )


def _covers(waiver: Waiver, finding: Finding, policy: Policy) -> bool:
    if waiver.claim is not None:
        return finding.code in WAIVABLE_CLAIM and _same(waiver.claim, _claim_of(finding, policy))
    if waiver.rule != finding.code:
        return False
    return waiver.service is None or finding.path[:2] == ("services", waiver.service)


def _claim_of(finding: Finding, policy: Policy) -> str:
    match finding.path:
        case ("policy", "claims", int(index)):
            return policy.claims[index]
        case _:
            return ""


def _same(one: str, other: str) -> bool:
    """The same sentence; spaces do not count."""
    return one.split() == other.split()


def _is_over(waiver: Waiver, today: date | None) -> bool:
    """After its last day."""
    return waiver.until is not None and today is not None and today > waiver.until


def _reason(waiver: Waiver) -> str:
    return waiver.reason + (f" (until {waiver.until})" if waiver.until else "")


def _meaningless(case: Case, waiver: Waiver, path: Path) -> Iterator[Finding]:
    """What a waiver says that leads nowhere."""
    claims = case.stack.policy.claims
    if (waiver.claim is None) == (waiver.rule is None):
        both = "both a claim and a rule" if waiver.claim else "neither a claim nor a rule"
        yield _unknown(path, f"waiver names {both}", "write claim: SENTENCE or rule: CODE")
    if waiver.claim is not None and not any(_same(waiver.claim, one) for one in claims):
        near = asked(waiver.claim, claims)
        yield _unknown((*path, "claim"), f"waiver of a claim that is not there: {waiver.claim}", near)
    if waiver.rule is not None:
        yield from _unknown_code(case, waiver.rule, (*path, "rule"))
    if waiver.service is not None and waiver.service not in (services := case.stack.services):
        near = asked(waiver.service, services)
        yield _unknown((*path, "service"), f"there is no service {waiver.service}", near)


def _unknown_code(case: Case, code: str, path: Path) -> Iterator[Finding]:
    if code not in case.codes:
        mend = "topo check --rules lists the rules"
        yield _unknown(path, f"there is no rule {code}", asked(code, case.codes), mend)


def _unknown(path: Path, message: str, label: str, mend: str = "") -> Finding:
    label = label or "nothing has that name"
    return Finding(code="T106", severity=Severity.ERROR, message=message, path=path, label=label, mend=mend)
