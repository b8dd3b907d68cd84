"""What is written around a picture: its title, a line of summary, and what has to be said below it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.ink import PLAIN
from cli.render.status import summary as running
from cli.render.words import counted, listed
from cli.report.picture import Change, Picture
from cli.report.plan import ReachLine
from cli.report.status import Status

MOST = 8
"""Lines of a kind below a picture."""
COMPARED = "can now reach", "can no longer reach"
RUNNING = "reaches", "does not reach"


def title(picture: Picture) -> str:
    if picture.old:
        return f"{picture.graph.stack}: {picture.old} → {picture.new}"
    return f"{picture.graph.stack} as it runs" if picture.status else picture.graph.stack


def summary(picture: Picture) -> str:
    """How much there is, or how much changes, and whether what it says of itself is true."""
    graph = picture.graph
    if picture.old:
        return _changes(picture)
    if picture.status:
        return ", ".join([summary_of(picture.status), *_claims(picture)])
    size = f"{counted(len(graph.services), 'service')} on {counted(len(graph.networks), 'network')}"
    return ", ".join([size, *_claims(picture)])


def summary_of(status: Status) -> str:
    """What `topo status` sums up, without the name."""
    return running(status, PLAIN).partition(": ")[2]


def _claims(picture: Picture) -> Iterator[str]:
    claims = picture.check.claims
    broken = [one for one in claims if not one.holds and not one.waived]
    if claims and not broken:
        yield f"{counted(len(claims), 'claim')} {'holds' if len(claims) == 1 else 'hold'}"
    elif broken:
        yield f"{len(broken)} of {counted(len(claims), 'claim')} not kept"
    if picture.check.score is not None and picture.check.score.excess and picture.excess:
        yield f"{counted(picture.check.score.excess, 'pair')} open without need"


def _changes(picture: Picture) -> str:
    parts = []
    for kind in ("service", "network"):
        for change in Change:
            number = sum(one is change for thing, one in picture.changes.items() if thing[0] == kind)
            parts += [f"{counted(number, kind)} {change.value}"] if number else []
    reach = picture.reachability
    if reach is not None:
        parts += [f"{counted(len(reach.gained), 'pair')} opened"] if reach.gained else []
        parts += [f"{counted(len(reach.lost), 'pair')} closed"] if reach.lost else []
    return listed(parts) if parts else "nothing that a picture shows is different"


def notes(picture: Picture) -> Iterator[tuple[str, str]]:
    """Lines with their kind: claims that are not kept, reach gained and lost."""
    bad = [one for one in picture.check.claims if not one.holds]
    for one in bad[:MOST]:
        if one.waived:
            yield "waived-note", f"waived: {one.text} ({one.waived})"
        else:
            yield "bad", f"claim {one.verdict}: {one.text}"
    yield from _more("bad", len(bad))
    if picture.reachability is not None:
        more, less = RUNNING if picture.status else COMPARED
        yield from _reach("added", "+", more, picture.reachability.gained)
        yield from _reach("removed", "\N{MINUS SIGN}", less, picture.reachability.lost)


def _reach(kind: str, sign: str, verb: str, lines: tuple[ReachLine, ...]) -> Iterator[tuple[str, str]]:
    for line in lines[:MOST]:
        yield kind, f"{sign} {line.source} {verb} {line.target}  ({line.path})"
    yield from _more(kind, len(lines))


def _more(kind: str, number: int) -> Iterator[tuple[str, str]]:
    if number > MOST:
        yield kind, f"and {number - MOST:,} more"
