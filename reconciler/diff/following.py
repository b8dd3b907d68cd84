"""Changes that follow others: a guest follows its host, a member leaves a network that is made anew."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.address import Address, Kind
from reconciler.diff.changes import Action, Cause, Change, FieldChange, SharedChange, UnitChange, action_of
from reconciler.fields import Reach, hosts_of
from reconciler.state import Desired, LiveUnit, Observed, Status, Unit
from topology.structs import replace


def follow_hosts(desired: Desired, observed: Observed, changes: dict[Address, UnitChange]) -> None:
    """A container that lives in another's namespace dies with it and must be made anew, and so on."""
    live = {unit.address: unit for unit in observed.units}
    live |= {at: change.live for at, change in changes.items() if change.live is not None}
    lives = [
        (at, field, Address(Kind.SERVICE, name, 1))
        for at, want in desired.units.items()
        for field, name in hosts_of(want.spec).items()
        if at in live
    ]
    settled = False
    while not settled:
        settled = True
        for at, field, host in lives:
            why = _uprooted(live[at], live.get(host), changes.get(host), host)
            if why and not _moves(changes.get(at), field):
                changes[at] = _moved(desired.units[at], live[at], changes.get(at), field, why)
                settled = False


def _moves(change: UnitChange | None, field: str) -> bool:
    """Whether it is made anew for that already."""
    return change is not None and any(
        one.name == field and one.reach is Reach.REPLACE for one in change.fields
    )


def _uprooted(
    guest: LiveUnit, host: LiveUnit | None, change: UnitChange | None, at: Address
) -> tuple[Cause, str] | None:
    """Why a guest's namespace is gone, or will be. One that started before its host is in a dead one (9f)."""
    if change is not None and _restarts(change):
        return Cause.NEEDED, f"lives in a namespace of {at}, which starts anew"
    if host is not None and guest.status is Status.RUNNING and guest.started_at < host.started_at:
        return Cause.DRIFT, f"lives in a namespace of {at} that ended when that was started again"
    return None


def _moved(
    want: Unit, live: LiveUnit, mine: UnitChange | None, field: str, why: tuple[Cause, str]
) -> UnitChange:
    mode = want.spec[field]
    moved = FieldChange(name=field, old=mode, new=mode, cause=why[0], reach=Reach.REPLACE)
    return UnitChange(
        address=want.address,
        action=Action.REPLACE,
        reason=why[1],
        fields=(*(mine.fields if mine else ()), moved),
        want=want,
        live=mine.live if mine else live,
        leftovers=mine.leftovers if mine else (),
    )


def _restarts(change: UnitChange) -> bool:
    return change.action in {Action.CREATE, Action.REPLACE} or any(
        field.name == "state" and field.old != Status.PAUSED.value for field in change.fields
    )


def grounded(changes: Iterable[Change], asked: frozenset[str]) -> list[Change]:
    """The changes without what follows others that are not among them; who is `asked` to be is made anew."""
    kept = list(changes)
    while True:
        there = _there(kept)
        parts = [_grounded(change, there, asked) for change in kept]
        fewer = [part for part in parts if part is not None]
        if fewer == kept:
            return kept
        kept = fewer


def _there(changes: Iterable[Change]) -> frozenset[Address | str]:
    """What others follow: containers that start anew, and networks that are made anew."""
    hosts = {one.address for one in changes if isinstance(one, UnitChange) and _restarts(one)}
    networks = {
        f"networks.{one.live.name}"
        for one in changes
        if isinstance(one, SharedChange) and one.live is not None and one.action is Action.REPLACE
    }
    return frozenset({*hosts, *networks})


def _grounded(change: Change, there: frozenset[Address | str], asked: frozenset[str]) -> Change | None:
    if not isinstance(change, UnitChange):
        return change
    hosts = hosts_of(change.want.spec) if change.want else {}
    fields = tuple(
        one
        for one in change.fields
        if one.cause is not Cause.NEEDED
        or one.name in there
        or Address(Kind.SERVICE, hosts.get(one.name, ""), 1) in there
    )
    if fields == change.fields:
        return change
    if change.address.name in asked:
        return replace(change, fields=fields)
    return replace(change, fields=fields, action=action_of(fields)) if fields or change.leftovers else None
