"""`topo check` as a JUnit report, which every build server shows: a case for each claim and for each rule."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cli.render.ink import Look
from cli.report.check import Check, ClaimLine
from cli.report.rules import RuleLine, rule_lines
from topology.findings import Finding, Span
from topology.rules import LIVE_RULES

LIVE_CODES = frozenset(rule.code for rule in LIVE_RULES)
CLAIM_CODES = frozenset({"T101", "T102", "T103", "T104", "T409", "T410"})


def text(report: Check, _look: Look) -> str:
    """The report as XML text."""
    root = Element("testsuites", name="topo check")
    _claims(root, report)
    _rules(root, report)
    _summed(root, list(root))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _claims(root: Element, report: Check) -> None:
    """A case for each claim; one that is waived counts as skipped, with the reason."""
    suite = SubElement(root, "testsuite", name="claims")
    for claim in report.claims:
        case = _case(suite, claim.text, "claims", claim.place)
        if claim.waived:
            SubElement(case, "skipped", message=clean(f"waived: {claim.waived}"))
        elif not claim.holds:
            _failure(case, f"{claim.verdict}: {claim.why}", _more(claim))
    _summed(suite, list(suite))


def _rules(root: Element, report: Check) -> None:
    """A case for each rule that says no more than what it found; the text has every finding."""
    suite = SubElement(root, "testsuite", name="rules")
    for rule in rule_lines():
        if rule.rule in CLAIM_CODES or (rule.rule in LIVE_CODES and not report.live):
            continue
        found = [one for one in report.findings if one.code == rule.rule]
        failing = [one for one in found if report.fails(one)]
        case = _case(suite, f"{rule.rule} {rule.title}", "rules", next(iter((*failing, *found)), None))
        _judged(case, rule, failing, [one for one in found if one not in failing])
    _summed(suite, list(suite))


def _judged(case: Element, rule: RuleLine, failing: list[Finding], others: list[Finding]) -> None:
    waived = [one for one in others if one.waived]
    if failing:
        _failure(case, failing[0].message, "\n".join(map(_line, failing)))
    elif waived:
        SubElement(case, "skipped", message=clean(f"waived: {waived[0].waived}"))
    if rest := "\n".join(map(_line, others)):
        SubElement(case, "system-out").text = clean(rest)


def _case(suite: Element, name: str, kind: str, at: Span | Finding | None) -> Element:
    case = SubElement(suite, "testcase", name=clean(name), classname=f"topo.{kind}")
    span = at.span if isinstance(at, Finding) else at
    if span:
        case.set("file", clean(span.file))
        case.set("line", str(span.line))
    return case


def _failure(case: Element, message: str, more: str) -> None:
    SubElement(case, "failure", message=clean(message), type="failure").text = clean(more)


def _more(claim: ClaimLine) -> str:
    return "\n".join(filter(None, (str(claim.place or ""), claim.why, claim.mend)))


def _line(found: Finding) -> str:
    place = f"{found.span}: " if found.span else ""
    return (
        f"{place}{found.severity.value}: {'. '.join(filter(None, (found.message, found.label, found.mend)))}"
    )


def _summed(suite: Element, below: list[Element]) -> None:
    """The counts that readers want, of cases or of suites."""
    for name, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
        suite.set(name, str(sum(1 for each in below for _ in each.iter(tag))))
    suite.set("tests", str(sum(1 for each in below for _ in _cases(each))))


def _cases(each: Element) -> Iterator[Element]:
    return each.iter("testcase")


def clean(words: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(
        one
        if one in "\t\n\r" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" or one > "\uffff"
        else "\ufffd"
        for one in words
    )
