"""What is to be known of an update that an engine carries out by itself, before a plan goes on from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.diff import Action, UnitChange
from reconciler.state import Roll, Rolling

_AWAITED: Final = "this plan waits for its end"
_TRIED_AGAIN: Final = "this plan tries it again; `topo rollback` goes back to what was before"
_ANOTHER: Final = "this plan begins another one"
_STANDING: Final = {
    Rolling.UNDER_WAY: "an update of {} is under way",
    Rolling.PAUSED: "the update of {} is paused",
    Rolling.GOING_BACK: "an update of {} is being taken back",
    Rolling.TAKEN_BACK: "the last update of {} was taken back",
}


def notes(changes: Iterable[UnitChange]) -> Iterator[str]:
    """A line for each update that is not at the end that was asked for: the engine's words, and what now."""
    for change in changes:
        if change.want is not None and change.live is not None and change.live.roll is not None:
            yield _note(change, change.live.roll)


def _note(change: UnitChange, roll: Roll) -> str:
    said = f": {roll.said}" if roll.said else ""
    return f"{_STANDING[roll.state].format(change.address)}{said}; {_then(change)}"


def _then(change: UnitChange) -> str:
    """What the plan does about it: what one that was taken back has asked for, nobody can tell."""
    if change.action is Action.AWAIT:
        return _AWAITED
    return _TRIED_AGAIN if [field.name for field in change.fields] == ["state"] else _ANOTHER
