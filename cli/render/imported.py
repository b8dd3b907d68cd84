"""`topo import`: the file, or where it is."""

from __future__ import annotations

from cli.render.ink import Look
from cli.render.words import counted, some
from cli.report.imported import Import


def text(report: Import, look: Look) -> str:
    """The file itself if it was written nowhere; else what to do with it."""
    if report.file is None:
        return report.text.rstrip("\n")
    if look.quiet:
        return ""
    lines = [f"wrote {report.file}: {counted(len(report.services), 'service')}"]
    if report.secrets_file:
        lines.append(f"wrote {report.secrets_file}, which only you can read: {some(report.secrets, 5)}")
    return "\n".join([*lines, "next: topo check, and topo suggest for networks that open what links need"])


def head(origin: str, notes: list[str]) -> str:
    """The comment that a file begins with."""
    return "".join(f"# {line}\n" for line in [origin, *notes])
