"""`topo init`: the file, or where it is."""

from __future__ import annotations

from cli.render.ink import Look
from cli.render.words import counted
from cli.report.init import Init


def text(report: Init, look: Look) -> str:
    """The file itself if it was written nowhere; else what to do with it."""
    if report.file is None:
        return report.text.rstrip("\n")
    if look.quiet:
        return ""
    said = (
        f", with {counted(report.findings, 'finding')} of `topo check` as comments" if report.findings else ""
    )
    return f"wrote {report.file}{said}\nnext: topo check"
