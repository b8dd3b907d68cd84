"""Secrets that stand in the file itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from topology.findings import Finding, Path, Severity, Span
from topology.rules.case import Case
from topology.secrets import MASK, is_secret
from topology.structs import replace

VARIABLE = re.compile(r"(?<!\$)\$[A-Za-z_{]")
BARE = re.compile(r"\$\w+|\$\{\w+\}")
"""A variable and no default."""


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


def veiled(findings: Iterable[Finding], case: Case) -> Iterator[Finding]:
    """The findings with no secret in a line that they quote, whatever they are about."""
    secrets = _secrets(case)
    for found in findings:
        related = tuple(replace(one, span=_veiled(one.span, secrets)) for one in found.related)
        yield replace(found, span=_veiled(found.span, secrets), related=related) if secrets else found


Line = tuple[str, int]


def _secrets(case: Case) -> dict[Line, set[str]]:
    """By the line of a file on which it stands, how each secret is written there."""
    found: dict[Line, set[str]] = {}
    for name, service in case.stack.services.items() if case.source else ():
        for variable, value in service.environment.items():
            if case.source and is_secret(variable, value):
                path: Path = ("services", name, "environment", variable)
                span, key = case.source.find(path), case.source.key(path)
                if span and key:
                    written = _written(variable, value, _under(span), _under(key))
                    found.setdefault((span.file, span.line), set()).update(filter(None, written))
    return found


def _under(span: Span) -> str:
    return span.text[span.column - 1 : span.column - 1 + span.width]


def _written(variable: str, value: str, typed: str, key: str) -> list[str]:
    """The value as it can be seen; all that was typed where quotes or a default hide it."""
    if value in typed:
        return value.splitlines()
    is_here = variable in key or variable in typed  # and not in an env_file
    return typed.splitlines() if is_here and not BARE.fullmatch(typed) else []


def _veiled(span: Span | None, secrets: dict[Line, set[str]]) -> Span | None:
    held = secrets.get((span.file, span.line)) if span else None
    if span is None or not held:
        return span
    longest_first = sorted(held, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")
    masked = [(one.start(), one.end()) for one in pattern.finditer(span.text)]
    start, end = (_moved(at, masked) for at in (span.column - 1, span.column - 1 + span.width))
    return replace(span, text=pattern.sub(MASK, span.text), column=start + 1, width=max(end - start, 1))


def _moved(at: int, masked: list[tuple[int, int]]) -> int:
    """Where a position is once the mask stands in those places."""
    moved = at
    for start, end in masked:
        if at >= end:
            moved += len(MASK) - (end - start)
        elif at > start:
            moved -= at - start
    return moved
