"""The block that says what a change does to who can reach whom: shown by `topo plan` and `topo diff`."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink
from cli.render.words import counted
from cli.report.plan import Reachability

MOST_PAIRS = 12
"""Pairs of reach that are listed each way; the JSON has all of them."""


def block(reach: Reachability, ink: Ink) -> list[str]:
    """Lines, none where nothing changes."""
    if not reach.gained and not reach.lost:
        return []
    more = [] if reach.complete else ["  there is more than this"]
    lost = [(visible(f"{one.source} can no longer reach {one.target}"), one.path) for one in reach.lost]
    gained = [(visible(f"{one.source} can now reach {one.target}"), one.path) for one in reach.gained]
    wide = max(width(pair) for pair, _ in (*lost[:MOST_PAIRS], *gained[:MOST_PAIRS]))
    lines = [ink.good(line) for line in _pairs("-", lost, wide)]
    lines += [ink.warning(line) for line in _pairs("+", gained, wide)]
    return [ink.strong("reachability"), *lines, *more]


def _pairs(sign: str, pairs: list[tuple[str, str]], wide: int) -> Iterator[str]:
    for pair, path in pairs[:MOST_PAIRS]:
        yield f"  {sign} {padded(pair, wide)}  {visible(path)}"
    if len(pairs) > MOST_PAIRS:
        yield f"  {sign} and {counted(len(pairs) - MOST_PAIRS, 'more pair')}"
