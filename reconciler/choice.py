"""A part of a difference: some services with what they need, what drifted alone, or more than differs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from msgspec import Struct

from reconciler.address import Address, Kind
from reconciler.diff import (
    Action,
    Cause,
    Change,
    Difference,
    SharedChange,
    UnitChange,
    action_of,
    follow_hosts,
    grounded,
)
from reconciler.fields import Reach, hosts_of
from reconciler.state import Desired, Granularity, LiveUnit, Observed, Unit
from topology.structs import replace

_DRIFT = frozenset({Cause.DRIFT, Cause.NEEDED, Cause.UNFINISHED})


class Choice(Struct, frozen=True, kw_only=True):
    """What of a difference is meant.

    Attributes:
        targets: services; with them comes what they need. Empty: all.
        anew: services whose containers are replaced though nothing differs.
        drift_only: what the file changed stays as it is.
        known: the addresses that were applied before: what is missing of them has drifted away.
        left: the addresses that are left alone for now, with what is in their way.
        joining: services of which no more is meant than that they are on their networks. Empty: all is meant.
        even_protected: what is protected is meant as well.
    """

    targets: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset()
    drift_only: bool = False
    known: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    joining: frozenset[str] = frozenset()
    even_protected: bool = False


ALL = Choice()


def chosen(difference: Difference, desired: Desired, observed: Observed, choice: Choice) -> Difference:
    """The part of the difference that is meant."""
    if choice == ALL:
        return difference
    changes = list(difference.changes)
    if choice.anew:
        changes = sorted(_renewed(changes, desired, observed, choice.anew), key=lambda one: one.address.order)
    if choice.drift_only:
        by_parts = observed.traits.granularity is Granularity.CONTAINER
        drifted = (_drifted(change, choice.known, parts=by_parts) for change in changes)
        changes = [change for change in drifted if change is not None]
    if choice.joining:
        used = _used(desired, choice.joining)
        parts = (_joins(change, choice.joining, used) for change in changes)
        changes = [part for part in parts if part is not None]
    changes = [change for change in changes if str(change.address) not in choice.left]
    changes = grounded(changes, choice.anew)
    obstacles = tuple(one for one in difference.obstacles if str(one.address) not in choice.left)
    if not choice.targets:
        return Difference(changes=tuple(changes), obstacles=obstacles)
    near = _with_needs(desired, choice.targets)
    return Difference(
        changes=_concerning(changes, near, _used(desired, near)),
        obstacles=tuple(
            one for one in obstacles if one.address.kind is not Kind.SERVICE or one.address.name in near
        ),
    )


def left_out(whole: Difference, part: Difference) -> frozenset[str]:
    """The addresses at which the file asks for something that is not meant, and not there yet."""
    meant = {one.address: one for one in part.changes}
    return frozenset(str(one.address) for one in whole.changes if _is_left(one, meant.get(one.address)))


def _is_left(change: Change, meant: Change | None) -> bool:
    if meant is None and change.action in {Action.CREATE, Action.REMOVE}:
        return True
    asked = (field for field in change.fields if field.cause not in _DRIFT)
    return any(meant is None or field not in meant.fields for field in asked)


def outcome(desired: Desired, observed: Observed, whole: Difference, part: Difference) -> Desired:
    """What is there once a part of the difference is taken away: what was left out stays as it is."""
    left_out = {one.address for one in whole.changes} - {one.address for one in part.changes}
    units = {at: unit for at, unit in desired.units.items() if at not in left_out}
    stays = {
        live.address: Unit(address=live.address, name=live.name, spec=live.spec)
        for live in observed.units
        if live.address in left_out
    }
    return replace(desired, units=units | stays)


def _renewed(
    changes: Sequence[Change], desired: Desired, observed: Observed, names: frozenset[str]
) -> Iterable[Change]:
    """The changes, with a replacement for each container of these services, and for whoever lives in one."""
    live = {one.address: one for one in reversed(observed.units)}
    units = {change.address: change for change in changes if isinstance(change, UnitChange)}
    for at, want in desired.units.items():
        if at.name in names and at in live:
            units[at] = _replacement(units.get(at), want, live[at])
    follow_hosts(desired, observed, units)
    return (*(change for change in changes if isinstance(change, SharedChange)), *units.values())


def _replacement(known: UnitChange | None, want: Unit, live: LiveUnit) -> UnitChange:
    if known is not None:
        return replace(known, action=Action.REPLACE)
    return UnitChange(address=want.address, action=Action.REPLACE, reason="asked for", want=want, live=live)


def _drifted(change: Change, known: frozenset[str], *, parts: bool) -> Change | None:
    """The change, as far as it takes drift away; where that needs a replacement, all of it has to.

    What is only waited for is none. Without `parts` the engine is told all of a unit at a time, so that then
    too all of it has to.
    """
    if change.action is Action.CREATE:
        return change if str(change.address) in known else None
    if change.want is None:
        return None
    fields = tuple(one for one in change.fields if one.cause in _DRIFT and one.reach is not Reach.AWAIT)
    if fields == change.fields:
        return change
    if not isinstance(change, UnitChange):
        return None
    asked = any(one.cause not in _DRIFT for one in change.fields)
    if asked and (not parts or action_of(fields) is Action.REPLACE):
        return None
    return replace(change, fields=fields, action=action_of(fields)) if fields or change.leftovers else None


def _joins(change: Change, names: frozenset[str], used: frozenset[str]) -> Change | None:
    """What of a change is about being on networks, for a container that is there already."""
    if isinstance(change, SharedChange):
        is_missing = change.address.kind is Kind.NETWORK and change.action is Action.CREATE
        return change if is_missing and change.want is not None and change.want.name in used else None
    if change.address.name not in names or change.want is None or change.live is None:
        return None
    fields = tuple(field for field in change.fields if field.name.startswith("networks."))
    return replace(change, fields=fields, action=action_of(fields), leftovers=()) if fields else None


def _with_needs(desired: Desired, names: frozenset[str]) -> frozenset[str]:
    """The services with all that they need, and with whoever lives in a namespace of one of them."""
    units = {unit.address.name: unit for unit in desired.units.values()}
    found, ahead = set(names), list(names)
    while ahead:
        here = ahead.pop()
        unit = units.get(here)
        guests = {name for name, one in units.items() if here in hosts_of(one.spec).values()}
        more = (set(unit.needs) if unit else set()) | guests
        ahead += more - found
        found |= more
    return frozenset(found)


def _used(desired: Desired, names: frozenset[str]) -> frozenset[str]:
    """The networks, volumes, secrets and configs of these services, by their engine names."""
    specs = [unit.spec for at, unit in desired.units.items() if at.name in names]
    networks = {name for spec in specs for name in spec.get("networks", {})}
    sources = {text.partition(":")[0] for spec in specs for text in spec.get("volumes", {}).values()}
    granted = {
        text.partition(" ")[0]
        for spec in specs
        for field in ("secrets", "configs")
        for text in spec.get(field, {}).values()
    }
    return frozenset(networks | sources | granted)


def _concerning(changes: Sequence[Change], names: frozenset[str], used: frozenset[str]) -> tuple[Change, ...]:
    """The changes of these services and of what they use; on a network that is made anew everybody stays."""
    shared = [one for one in changes if isinstance(one, SharedChange)]
    meant = {one.address for one in shared if one.want is not None and one.want.name in used}
    anew = {
        f"networks.{one.live.name}"
        for one in shared
        if one.address in meant and one.action is Action.REPLACE and one.live is not None
    }
    parts = (_concern(change, names, meant, anew) for change in changes)
    return tuple(part for part in parts if part is not None)


def _concern(
    change: Change, names: frozenset[str], meant: Container[Address], anew: Container[str]
) -> Change | None:
    if isinstance(change, SharedChange):
        return change if change.address in meant else None
    if change.address.name in names:
        return change
    fields = tuple(field for field in change.fields if field.name in anew)
    return replace(change, fields=fields, action=action_of(fields), leftovers=()) if fields else None
