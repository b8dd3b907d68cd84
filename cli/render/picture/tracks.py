"""Arrows of a lane → combs, each with a track of its own: a trunk along the lane, teeth at the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from cli.render.picture.scene import Arrow, Bracket
from cli.report.picture import Change, Sort

OPEN = {Sort.EXCESS, Sort.BROKEN}
"""What nobody asked for."""


class Comb(Struct, frozen=True, kw_only=True):
    """Arrows with one end in common, or a bracket: rows from which it comes, rows to which it leads."""

    sort: Sort
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    texts: tuple[str, ...]
    waived: bool = False
    change: Change | None = None
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def top(self) -> int:
        return min(*self.starts, *self.ends)

    @property
    def bottom(self) -> int:
        return max(*self.starts, *self.ends)


def tracks(combs: Iterable[Comb]) -> list[list[Comb]]:
    """Combs side by side, as few tracks as it takes: those on one track have a row between them.

    What is open without need never continues what is asked for.
    """
    found: list[list[Comb]] = []
    for comb in sorted(combs, key=lambda one: (one.sort in OPEN, one.top, -one.bottom, one.sort.value)):
        free = (track for track in found if track[-1].bottom < comb.top)
        fitting = next((track for track in free if (track[0].sort in OPEN) == (comb.sort in OPEN)), None)
        if fitting is None:
            found.append([comb])
        else:
            fitting.append(comb)
    return found


def combs(arrows: Sequence[Arrow], brackets: Sequence[Bracket], at: Mapping[str, int]) -> Iterator[Comb]:
    """All there is to draw in one lane; `at` is the position of each row."""
    alike: dict[tuple[object, ...], list[Arrow]] = {}
    for arrow in arrows:
        alike.setdefault((arrow.sort, arrow.waived, arrow.change, arrow.both), []).append(arrow)
    for bundle in alike.values():
        yield from _gathered(bundle, at)
    for bracket in brackets:
        rows = tuple(sorted(at[row] for row in bracket.rows))
        if len(rows) > 1:
            yield Comb(sort=Sort.EXCESS, starts=(), ends=rows, texts=(bracket.text,), waived=bracket.waived)


def _gathered(arrows: Sequence[Arrow], at: Mapping[str, int]) -> Iterator[Comb]:
    """The end that most arrows share makes a comb, again and again."""
    left = list(arrows)
    while left:
        shared: dict[tuple[bool, str], list[Arrow]] = {}
        for arrow in left:
            shared.setdefault((False, arrow.target), []).append(arrow)
            shared.setdefault((True, arrow.source), []).append(arrow)
        (_, most) = max(shared.items(), key=lambda item: (len(item[1]), not item[0][0], -at[item[0][1]]))
        yield _comb(most, at)
        drawn = set(map(id, most))
        left = [arrow for arrow in left if id(arrow) not in drawn]


def _comb(arrows: Sequence[Arrow], at: Mapping[str, int]) -> Comb:
    first = arrows[0]
    starts = tuple(sorted({at[arrow.source] for arrow in arrows}))
    ends = tuple(sorted({at[arrow.target] for arrow in arrows}))
    return Comb(
        sort=first.sort,
        starts=() if first.both else starts,
        ends=tuple(sorted({*starts, *ends})) if first.both else ends,
        texts=tuple(_counted(arrow) for arrow in arrows),
        waived=first.waived,
        change=first.change,
        pairs=tuple((arrow.source, arrow.target) for arrow in arrows),
    )


def _counted(arrow: Arrow) -> str:
    return arrow.text if arrow.count == 1 else f"{arrow.text} (and {arrow.count - 1} more)"
