"""`topo check` as SARIF 2.1.0, which code scanning services read: https://docs.oasis-open.org/sarif/sarif/v2.1.0."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from cli import __version__
from cli.render.ink import Look
from cli.report.check import Check
from cli.report.rules import RuleLine, rule_lines
from topology.findings import Finding, Related, Severity, Span
from topology.secrets import hidden

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""What paths are relative to: the folder that topo was run in."""

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def text(report: Check, _look: Look) -> str:
    """The whole log, with one run."""
    return json.dumps(log(report), indent=2, ensure_ascii=False)


def log(report: Check) -> dict[str, Any]:
    """The log as plain values. Every rule is described, so that a reader can tell it was checked."""
    rules = rule_lines()
    places = {rule.rule: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that topo was run in."}}},
        "invocations": [{"executionSuccessful": report.size is not None, "exitCode": int(report.code)}],
        "results": [_result(found, places[found.code]) for found in report.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(rules: tuple[RuleLine, ...]) -> dict[str, Any]:
    return {"name": "topo", "semanticVersion": __version__, "rules": list(map(_rule, rules))}


def _rule(rule: RuleLine) -> dict[str, Any]:
    return {
        "id": rule.rule,
        "name": "".join(filter(str.isalnum, rule.title.title())),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.mend, "markdown": rule.mend},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(found: Finding, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": LEVELS[found.severity],
        "message": {"text": _words(found)},
    }
    if found.span:
        result["locations"] = [_location(found.span)]
    if related := list(_related(found.related)):
        result["relatedLocations"] = related
    if found.waived:
        result["suppressions"] = [{"kind": "external", "justification": found.waived}]
    return result


def _words(found: Finding) -> str:
    """All that the finding says."""
    return ". ".join(filter(None, (found.message, found.label, found.mend)))


def _location(span: Span) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(span.file), "uriBaseId": ROOT},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endColumn": span.column + span.width,
                "snippet": {"text": hidden(span.text)},
            },
        }
    }


def _related(related: tuple[Related, ...]) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(related, 1):
        if each.span:
            yield {"id": number, "message": {"text": each.message}, **_location(each.span)}
