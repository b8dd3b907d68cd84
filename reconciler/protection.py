"""`protect: true`: what is so marked is neither removed nor replaced, by whatever way a plan comes to it.

Of a service the container remembers it, of a network or volume its label since it was made, so that it is
still known once the file says nothing more of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.diff import Action, Change, Obstacle, UnitChange
from reconciler.state import Desired

_ENDING = frozenset({Action.REPLACE, Action.REMOVE})


def ends(changes: Iterable[Change], desired: Desired) -> tuple[Change, ...]:
    """The changes that would end what is protected; `desired` is what the file says."""
    return tuple(one for one in changes if one.action in _ENDING and _is_protected(one, desired))


def _is_protected(change: Change, desired: Desired) -> bool:
    at = change.address
    if isinstance(change, UnitChange):
        said = [bool(unit.spec.get("protect")) for one, unit in desired.units.items() if one.name == at.name]
        recorded = change.live.recorded if change.live else None
        return any(said) if said else bool((recorded or {}).get("protect"))
    want = desired.networks.get(at) or desired.volumes.get(at)
    if want is not None:
        return want.protect
    return change.live is not None and change.live.protect


def obstacle(change: Change) -> Obstacle:
    """What is in the way of ending something protected, as long as nobody insists."""
    at, what = change.address, change.action.value
    kinds = f"{at.kind.value}s"
    return Obstacle(
        address=at,
        message=f"{at.name} is protected, and this plan would {what} it: {change.reason}",
        mend=f"take that back, or say `protect: false` for {at.name} in `{kinds}`, apply, and {what} it "
        "then; --even-protected does it at once",
        path=(kinds, at.name, "protect"),
    )
