"""Secrets that stand in the file itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from topology.findings import Finding, Path, Severity, Span
from topology.rules.case import Case
from topology.secrets import is_secret

MASK = "********"
VARIABLE = re.compile(r"(?<!\$)\$[A-Za-z_{]")


def literal_secrets(case: Case) -> Iterator[Finding]:
    """T213: a secret that everybody knows who can read the file. It is masked in the quoted line too."""
    for name, service in case.stack.services.items():
        for variable, value in service.environment.items():
            path: Path = ("services", name, "environment", variable)
            if is_secret(variable, value) and _is_typed(case, path, value):
                yield Finding(
                    code="T213",
                    severity=Severity.WARNING,
                    message=f"{variable} of {name} is a secret in plain text",
                    path=path,
                    label="whoever reads the file has it, and so has every copy of the repository",
                    mend=f"write ${{{variable}}} and give the value in the environment or in .env",
                    span=_masked(case, path, variable, value),
                )


def _is_typed(case: Case, path: Path, value: str) -> bool:
    """Stands in the stack file as it is, and comes neither from a variable nor from an env_file."""
    if case.source is None:
        return True
    typed, span = case.source.typed(path), case.source.find(path)
    if typed is None or span is None or span.file != case.source.file:
        return False
    return value in typed and not VARIABLE.search(typed)


def _masked(case: Case, path: Path, variable: str, value: str) -> Span | None:
    """The place, with the value in it unreadable."""
    span = case.source.find(path) if case.source else None
    if span is None:
        return None
    shown = span.text.replace(value, MASK)
    at = shown.find(variable)
    return replace(span, text=shown, column=max(at, 0) + 1, width=len(variable))
