"""The table of packets against the model."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.cells import padded, visible, width
from cli.render.ink import Ink
from cli.render.words import counted
from cli.report.packets import PacketLine, Packets

MOST = 40
"""With more rows than this only those are shown that contradict the model, unless all are asked for."""

UNTRIED = 10

HEAD = ("from", "to", "through", "model", "packets")


def table(packets: Packets, ink: Ink, *, verbose: bool) -> Iterator[str]:
    """A row for each connection, then what nobody can prove."""
    shown = packets.lines
    if len(shown) > MOST and not verbose:
        shown = tuple(one for one in shown if not one.agrees)
    if shown:
        yield from _aligned([HEAD, *map(_cells, shown)], [True, *(one.agrees for one in shown)], ink)
    if len(shown) < len(packets.lines):
        yield f"{counted(len(packets.lines) - len(shown), 'more connection')} as the model says: see -v"
    yield from (f"not proved: {visible(one)}" for one in packets.untried[:UNTRIED])
    if len(packets.untried) > UNTRIED:
        yield f"not proved: {len(packets.untried) - UNTRIED:,} more"


def summary(packets: Packets) -> str:
    """`12 connections tried, all as the model says`; empty where none was."""
    if not packets.lines:
        return ""
    wrong = sum(not one.agrees for one in packets.lines)
    how = f"{wrong:,} against the model" if wrong else "all as the model says"
    return f"{counted(len(packets.lines), 'connection')} tried, {how}"


def _cells(one: PacketLine) -> tuple[str, ...]:
    return (
        visible(one.caller),
        visible(f"{one.called}:{one.port}{'' if one.protocol == 'tcp' else f'/{one.protocol}'}"),
        visible(one.through),
        one.model,
        one.packets,
    )


def _aligned(rows: list[tuple[str, ...]], agree: list[bool], ink: Ink) -> Iterator[str]:
    columns = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row, agrees in zip(rows, agree, strict=True):
        line = "  ".join(map(padded, row, columns)).rstrip()
        yield line if agrees else ink.error(line)
