"""`topo diff` for people and for pull requests."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import visible
from cli.render.ink import Ink, Look
from cli.render.markdown import cell, table
from cli.render.reachability import block
from cli.render.words import counted
from cli.report.diff import Diff
from cli.report.plan import ReachLine

FOLDED = 20
"""So many rows a reviewer sees at once; longer tables are folded."""


def text(report: Diff, look: Look) -> str:
    """The pairs, then the score before and after."""
    ink = look.ink
    parts = [block(report.reachability, ink) if not look.quiet else [], [_sum(report), _score(report, ink)]]
    return "\n\n".join("\n".join(part) for part in parts if part)


def markdown(report: Diff, _look: Look) -> str:
    """What a reviewer should see: first what is opened, then what is closed."""
    reach = report.reachability
    parts = [
        f"### Who can reach whom: {cell(report.old.name)} → {cell(report.new.name)}",
        f"**{_sum(report)}**",
    ]
    parts += _table("can now reach", reach.gained)
    parts += _table("can no longer reach", reach.lost)
    parts.append(_score(report, Ink()))
    return "\n\n".join(parts)


def _table(verb: str, pairs: tuple[ReachLine, ...]) -> Iterator[str]:
    if not pairs:
        return
    mark = "🔓" if "now" in verb else "🔒"
    rows = ((mark, f"{pair.source} {verb} {pair.target}", pair.path) for pair in pairs)
    shown = table(("", "who", "by which path"), rows)
    if len(pairs) > FOLDED:
        shown = f"<details><summary>{counted(len(pairs), 'pair')} {verb}</summary>\n\n{shown}\n\n</details>"
    yield shown


def _sum(report: Diff) -> str:
    gained, lost = len(report.reachability.gained), len(report.reachability.lost)
    if not gained and not lost:
        return "nobody can reach more or less than before"
    least = "" if report.reachability.complete else "at least "
    return f"{least}{counted(gained, 'pair')} gained, {lost} lost"


def _score(report: Diff, ink: Ink) -> str:
    old, new = report.old.score, report.new.score
    line = (
        f"least privilege: {old.excess:,} of {old.reachable:,} pairs without need -> "
        f"{new.excess:,} of {new.reachable:,}"
    )
    colour = ink.warning if new.excess > old.excess else ink.good if new.excess < old.excess else str
    return colour(visible(line))
