"""`topo check` as GitHub's workflow commands, which show each finding on its line of a pull request."""

from __future__ import annotations

from cli.render.check import least_privilege, summary
from cli.render.ink import Look
from cli.report.check import Check
from topology.findings import Finding, Severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def text(report: Check, _look: Look) -> str:
    """A command for each finding that counts, and the sum of it in the log."""
    commands = [_command(found) for found in report.findings if not found.waived]
    return "\n".join(filter(None, (*commands, least_privilege(report), summary(report))))


def _command(found: Finding) -> str:
    span = found.span
    fields = {"title": f"{found.code} {found.message}"}
    if span:
        end = span.column + span.width - 1
        fields = {
            "file": span.file,
            "line": str(span.line),
            "endLine": str(span.line),
            "col": str(span.column),
            "endColumn": str(end),
            **fields,
        }
    said = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    return f"::{COMMANDS[found.severity]} {said}::{_message(_words(found))}"


def _words(found: Finding) -> str:
    explained = (f"{each.message} at {each.span}" if each.span else each.message for each in found.related)
    return "\n".join(filter(None, (found.label or found.message, *explained, found.mend)))


def _message(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _message(words).replace(":", "%3A").replace(",", "%2C")
