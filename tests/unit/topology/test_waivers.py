"""A waiver accepts one finding for a time, says why, and ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.support.stacks import service, stack
from topology.findings import Finding, Severity
from topology.models import Mount, Policy, Stack, Waiver
from topology.rules import check

SOCKET = Mount(type="bind", source="/var/run/docker.sock", target="/s")
FLAT = stack("a cannot reach b", a=service("n", volumes=(SOCKET,)), b=service("n", volumes=(SOCKET,)))
TODAY = date(2026, 3, 1)


def ruled(**policy: Any) -> Stack:
    return FLAT.model_copy(update={"policy": Policy(claims=FLAT.policy.claims, **policy)})


def waiving(**waiver: Any) -> Stack:
    return ruled(waive=(Waiver(reason="until the move", **waiver),))


def found(code: str, stack: Stack, today: date | None = TODAY) -> list[Finding]:
    return [one for one in check(stack, today=today) if one.code == code]


def test_a_waived_claim_is_still_shown_with_the_reason_and_the_day() -> None:
    (finding,) = found("T101", waiving(claim="a  cannot reach b", until=date(2026, 3, 1)))
    assert finding.waived == "until the move (until 2026-03-01)"
    assert finding.severity is Severity.ERROR


def test_an_expired_waiver_waives_nothing_and_is_an_error_itself() -> None:
    expired = waiving(claim="a cannot reach b", until=date(2026, 2, 28))
    assert found("T101", expired)[0].waived == ""
    (finding,) = found("T105", expired)
    assert finding.severity is Severity.ERROR
    assert found("T107", expired) == []


def test_without_a_clock_no_waiver_has_expired() -> None:
    assert found("T105", waiving(rule="T204", until=date(1999, 1, 1)), today=None) == []


def test_a_waived_rule_may_be_one_services_own() -> None:
    everywhere = found("T204", waiving(rule="T204"))
    assert [bool(one.waived) for one in everywhere] == [True, True]
    one_only = found("T204", waiving(rule="T204", service="b"))
    assert [bool(one.waived) for one in one_only] == [False, True]


def test_a_waiver_does_not_hide_a_misspelt_claim() -> None:
    typo = stack("a cannot raech b", a=service("n"), b=service("n"))
    policy = Policy(claims=typo.policy.claims, waive=(Waiver(claim="a cannot raech b", reason="x"),))
    (finding,) = found("T103", typo.model_copy(update={"policy": policy}))
    assert finding.waived == ""


@pytest.mark.parametrize(
    ("waiver", "message", "label"),
    [
        ({"claim": "a cannot reach c"}, "waiver of a claim that is not there: a cannot reach c",
         "did you mean a cannot reach b?"),
        ({"rule": "T24"}, "there is no rule T24", "did you mean T214?"),
        ({"rule": "T204", "service": "zzz"}, "there is no service zzz", "nothing has that name"),
        ({}, "waiver names neither a claim nor a rule", "write claim: SENTENCE or rule: CODE"),
        ({"claim": "a cannot reach b", "rule": "T204"}, "waiver names both a claim and a rule",
         "write claim: SENTENCE or rule: CODE"),
    ],
)  # fmt: skip
def test_a_waiver_of_nothing_is_an_error_said_once(waiver: dict[str, str], message: str, label: str) -> None:
    (finding,) = found("T106", waiving(**waiver))
    assert (finding.message, finding.label) == (message, label)
    assert found("T107", waiving(**waiver)) == []


def test_a_waiver_that_is_no_longer_needed_is_a_note() -> None:
    (finding,) = found("T107", waiving(rule="T205"))
    assert finding.severity is Severity.NOTE
    assert finding.path == ("policy", "waive", 0)


@pytest.mark.parametrize("severity", ["note", "warning", "error"])
def test_the_policy_decides_how_much_a_rule_weighs(severity: str) -> None:
    assert {one.severity.value for one in found("T204", ruled(rules={"T204": severity}))} == {severity}


def test_a_rule_that_is_off_finds_nothing() -> None:
    assert found("T204", ruled(rules={"T204": "off"})) == []
    assert found("T107", ruled(rules={"T107": "off"}, waive=(Waiver(rule="T205", reason="x"),))) == []


def test_a_severity_for_an_unknown_rule_is_an_error() -> None:
    (finding,) = found("T106", ruled(rules={"T999": "off"}))
    assert finding.path == ("policy", "rules", "T999")


def test_what_was_found_before_is_weighed_too() -> None:
    before = Finding(code="T009", severity=Severity.WARNING, message="variable X is not set")
    assert [
        one.code for one in check(ruled(rules={"T009": "off"}), also=(before,)) if one.code == "T009"
    ] == []
