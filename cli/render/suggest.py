"""`topo suggest` for people: the networks, what they close, what they cannot, and the patch."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink, Look
from cli.render.words import counted, listed, some
from cli.report.suggest import NetLine, Suggest
from topology.secrets import hidden
from topology.suggest import Reverse, Stay

SHOWN = 6
"""Pairs that are named in one line; the JSON has all of them."""


def text(report: Suggest, look: Look) -> str:
    """Everything, the patch last with no secret that its lines have; quiet, the patch alone, as it is."""
    if look.quiet:
        return diff(report, look)
    ink = look.ink
    blocks = [
        [ink.strong(_head(report)), *_networks(report.networks), *_gone(report)],
        [ink.good(_score(report))],
        list(_staying(report, ink)),
        list(_reverses(report.reverses, ink)),
        list(_warnings(report, ink)),
        _patch(report, ink),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def diff(report: Suggest, _look: Look) -> str:
    """The patch and nothing else, for `git apply`."""
    return report.diff.removesuffix("\n")


def _head(report: Suggest) -> str:
    number = counted(len(report.networks), "network")
    verb = "gives" if len(report.networks) == 1 else "give"
    fewest = "" if report.exact else ", perhaps not the fewest"
    return f"{number} {verb} {counted(report.needs, 'need')} and nothing else{fewest}"


def _networks(nets: tuple[NetLine, ...]) -> Iterator[str]:
    names = max((width(net.name) for net in nets), default=0)
    members = max((width(", ".join(net.members)) for net in nets), default=0)
    for net in nets:
        who = padded(visible(", ".join(net.members)), members)
        how = [*(["internal"] if net.internal else []), "kept" if net.kept else net.subnet or "new"]
        yield f"  {padded(visible(net.name), names)}  {who}  {', '.join(how)}"


def _gone(report: Suggest) -> Iterator[str]:
    if report.gone:
        yield f"  without {listed(map(visible, report.gone))}"


def _score(report: Suggest) -> str:
    before, after = report.before, report.after
    return (
        f"least privilege: {before.excess:,} of {before.reachable:,} pairs without need -> "
        f"{after.excess:,} of {after.reachable:,}"
    )


def _staying(report: Suggest, ink: Ink) -> Iterator[str]:
    if report.stays:
        yield ink.strong("stays open, whatever the networks are")
    for stay in report.stays:
        yield f"  {_pairs(stay)}: {visible(stay.why)}"


def _pairs(stay: Stay) -> str:
    return visible(some([f"{source} -> {target}" for source, target in stay.pairs], SHOWN))


def _reverses(reverses: tuple[Reverse, ...], ink: Ink) -> Iterator[str]:
    """The services that only an ambassador tells apart."""
    if not reverses:
        return
    yield ink.strong("stays open between those who need each other; only an ambassador takes it away")
    back = some([f"{one.server} -> {one.client}" for one in reverses], SHOWN)
    yield f"  the way back: {visible(back)}"
    for one in reverses:
        if one.port:
            others = f"the other ports of {one.server} for {one.client}, which needs {one.port}"
            yield f"  {visible(others)}"


def _warnings(report: Suggest, ink: Ink) -> Iterator[str]:
    """What to look at before the patch is applied."""
    if report.suspected or report.claims or report.notes:
        yield ink.warning("look at this first")
    for one in report.suspected:
        said = f"{one.source} will not reach {one.target}, which {one.where} names: if it should, add a link"
        yield f"  {visible(said)}"
    for claim in report.claims:
        yield f"  {visible(f'claim {claim.verdict}: {claim.text}: {claim.why}')}"
    yield from (f"  {visible(note)}" for note in report.notes)


def _patch(report: Suggest, ink: Ink) -> list[str]:
    if report.saved:
        return [f"written to {report.saved}"]
    if not report.diff:
        return ["nothing to change"]
    lines = report.diff.removesuffix("\n").split("\n")
    return [_coloured(line[:1] + hidden(line[1:]), ink) for line in lines]


def _coloured(line: str, ink: Ink) -> str:
    if line.startswith(("---", "+++")):
        return ink.strong(line)
    colour = {"+": ink.good, "-": ink.gone, "@": ink.note}.get(line[:1], str)
    return colour(line)
