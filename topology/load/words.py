"""How findings about a stack speak: names of places, quoted values, nearest names."""

from __future__ import annotations

from collections.abc import Iterable

from topology.findings import Finding, Path, Related, Severity, Span
from topology.nearest import nearest
from topology.source import Text

_SINGULAR = {
    "services": "service",
    "networks": "network",
    "volumes": "volume",
    "secrets": "secret",
    "configs": "config",
}
_LONGEST = 60


def name_of(path: Path) -> str:
    """`("services", "web", "ports", 0)` → `ports[0] of service web`."""
    if len(path) >= 2 and path[0] in _SINGULAR:
        owner = f"{_SINGULAR[str(path[0])]} {path[1]}"
        return f"{dotted(path[2:])} of {owner}" if len(path) > 2 else owner
    return dotted(path) or "the stack"


def dotted(path: Path) -> str:
    """`("ipam", "config", 0, "subnet")` → `ipam.config[0].subnet`."""
    shown = ""
    for segment in path:
        shown += f"[{segment}]" if isinstance(segment, int) else f".{segment}"
    return shown.removeprefix(".")


def quoted(value: object) -> str:
    """A value as it was typed, short enough for one line."""
    if isinstance(value, str):
        line = value if value.isprintable() else repr(value)[1:-1]
        return f'"{line}"' if len(line) <= _LONGEST else f'"{line[:_LONGEST]}…"'
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else str(value)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The nearest of the known names, as a question."""
    close = nearest(name, known)
    return f'did you mean "{close}"?' if close else otherwise


def listed(names: Iterable[str], most: int = 6) -> str:
    """`a, b and 3 more`."""
    shown = [*names]
    if len(shown) <= most:
        return ", ".join(shown)
    return f"{', '.join(shown[: most - 1])} and {len(shown) - most + 1} more"


def error(
    code: str,
    message: str,
    path: Path = (),
    *,
    label: str = "",
    mend: str = "",
    span: Span | None = None,
    related: tuple[Related, ...] = (),
) -> Finding:
    """A finding that makes the stack unusable."""
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        path=path,
        label=label,
        mend=mend,
        span=span,
        related=related,
    )


def warning(
    code: str, message: str, path: Path = (), *, label: str = "", mend: str = "", span: Span | None = None
) -> Finding:
    """A finding that should be looked at."""
    return Finding(
        code=code, severity=Severity.WARNING, message=message, path=path, label=label, mend=mend, span=span
    )


def note(code: str, message: str, path: Path = (), *, label: str = "", span: Span | None = None) -> Finding:
    """A finding that is good to know."""
    return Finding(code=code, severity=Severity.NOTE, message=message, path=path, label=label, span=span)


def span_of(value: object) -> Span | None:
    """Where a text stands, if it came from a file."""
    return value.at.span() if isinstance(value, Text) else None
