"""Reports for programs: JSON, versioned, in a stable order."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from cli.render.ink import Look
from cli.report import Report
from topology.findings import Finding, Path, Related, Span

FORMAT_VERSION = 1
"""Raised when a field goes away or changes its meaning; new fields do not raise it."""


def document(report: Report) -> dict[str, Any]:
    """A report as plain JSON values, with what a reader needs to know first."""
    head = {"format_version": FORMAT_VERSION, "kind": report.kind, "exit_code": int(report.code)}
    return head | {name: value for name, value in plain(report).items() if name != "code"}


def as_json(report: Report, _look: Look) -> str:
    """A report as JSON text."""
    return json.dumps(document(report), indent=2, ensure_ascii=False)


@singledispatch
def plain(value: Any) -> Any:
    """`value` as JSON values: a struct as its fields in their order, an enum member as its value."""
    if isinstance(value, Struct):
        return {name: plain(each) for name, each in asdict(value).items()}
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(map(plain, value))
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


@plain.register
def _(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": found.message,
        "path": dotted(found.path),
        "place": plain(found.span),
        "label": found.label,
        "mend": found.mend,
        "related": plain(found.related),
    }


@plain.register
def _(related: Related) -> dict[str, Any]:
    return {"message": related.message, "path": dotted(related.path), "place": plain(related.span)}


@plain.register
def _(span: Span) -> dict[str, Any]:
    return {"file": span.file, "line": span.line, "column": span.column, "width": span.width}


def dotted(path: Path) -> str:
    """`services.web.ports[0]`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".")
