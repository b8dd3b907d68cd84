"""Desired against Observed → Changes: what differs, field by field, and why.

Three values meet in every field: what is *wanted* by the stack, what was *recorded* when topo last set
it, and what is *live*. Wanted ≠ live is a change; which of the two the recorded value sides with tells
its cause. The defaults of the engine and of the image are laid under wanted and recorded values first,
so a default is never a difference.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.address import Address, Kind
from reconciler.fields import NETWORK, SERVICE, VOLUME, Field, Reach, SharedField
from reconciler.record import redacted
from reconciler.state import (
    Desired,
    LiveShared,
    LiveUnit,
    Observed,
    Shared,
    Spec,
    Status,
    Unit,
)


class Cause(enum.Enum):
    """Why a field differs."""

    STACK = "stack changed"
    DRIFT = "drifted"
    BOTH = "stack changed and drifted"
    IMAGE = "image changed"
    NEEDED = "follows another change"


class Action(enum.Enum):
    """What a change does to the thing as a whole."""

    CREATE = "create"
    UPDATE = "update in place"
    RECONNECT = "reconnect"
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that differs. Values are canonical; a None is "not set"."""

    name: str
    old: Any
    new: Any
    cause: Cause
    reach: Reach
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """What is to be done at the address of a container.

    Attributes:
        want: None when it is to go.
        live: the container that is kept, updated or replaced; None when there is none.
        leftovers: further containers at this address, from an interrupted replacement.
    """

    address: Address
    action: Action
    reason: str
    fields: tuple[FieldChange, ...] = ()
    want: Unit | None = None
    live: LiveUnit | None = None
    leftovers: tuple[LiveUnit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedChange:
    """What is to be done to a network or a volume."""

    address: Address
    action: Action
    reason: str
    fields: tuple[FieldChange, ...] = ()
    want: Shared | None = None
    live: LiveShared | None = None


Change = UnitChange | SharedChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Something that keeps a plan from being carried out and that topo will not remove by itself."""

    address: Address
    message: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that separates what is wanted from what is there; empty when nothing does."""

    changes: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.obstacles)


def diff(desired: Desired, observed: Observed) -> Difference:
    """What has to change so that what is there becomes what is wanted; sorted by address."""
    changes: list[Change] = []
    obstacles: list[Obstacle] = []
    for table, wanted, live in (
        (NETWORK, desired.networks, observed.networks),
        (VOLUME, desired.volumes, observed.volumes),
    ):
        found = [_shared(table, desired, want, live) for want in wanted.values()]
        changes += [one for one in found if isinstance(one, SharedChange)]
        obstacles += [one for one in found if isinstance(one, Obstacle)]
    changes += _unwanted_networks(desired, observed.networks)
    obstacles += _guests(changes, observed)
    changes += _units(desired, observed, _made_anew(changes))
    obstacles += _names_taken(desired, observed)
    return Difference(
        changes=tuple(sorted(changes, key=lambda change: change.address.order)),
        obstacles=tuple(sorted(obstacles, key=lambda one: one.address.order)),
    )


# Networks and volumes


def _shared(
    table: tuple[SharedField, ...], desired: Desired, want: Shared, live: Iterable[LiveShared]
) -> SharedChange | Obstacle | None:
    named = [one for one in live if one.name == want.name]
    if len(named) > 1:
        return _ambiguous(want, named)
    found = named[0] if named else None
    if want.external:
        return None if found else _absent(want)
    if found is None:
        return SharedChange(address=want.address, action=Action.CREATE, reason="does not exist", want=want)
    if found.address is None or (found.stack, found.owner) != (desired.stack, desired.owner):
        return _foreign(want, found)
    fields = _shared_fields(table, want.spec, found)
    return _shared_change(want, found, fields) if fields else None


def _shared_fields(table: tuple[SharedField, ...], want: Spec, live: LiveShared) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(
            name=row.name,
            old=live.spec.get(row.name),
            new=want.get(row.name),
            cause=_cause(want.get(row.name), (live.recorded or {}).get(row.name), live.spec.get(row.name)),
            reach=Reach.REPLACE,
        )
        for row in table
        if want.get(row.name) != live.spec.get(row.name)
    )


def _shared_change(
    want: Shared, live: LiveShared, fields: tuple[FieldChange, ...]
) -> SharedChange | Obstacle:
    names = ", ".join(field.name for field in fields)
    if want.address.kind is Kind.VOLUME:
        return Obstacle(
            address=want.address,
            message=f"volume {want.name} differs in {names}, and the engine cannot change a volume",
            mend="topo never removes a volume by itself: take it back in the file, or move the data and "
            f"remove the volume with `docker volume rm {want.name}`",
        )
    return SharedChange(
        address=want.address,
        action=Action.REPLACE,
        reason=f"{names} cannot be changed on an existing network",
        fields=fields,
        want=want,
        live=live,
    )


def _ambiguous(want: Shared, named: list[LiveShared]) -> Obstacle:
    ids = ", ".join(one.id[:12] for one in named)
    return Obstacle(
        address=want.address,
        message=f"the engine has {len(named)} networks called {want.name} ({ids}), "
        "and cannot start containers on either",
        mend="remove the one that is not in use by its id: docker network rm ID",
    )


def _absent(want: Shared) -> Obstacle:
    kind = want.address.kind.value
    return Obstacle(
        address=want.address,
        message=f"external {kind} {want.name} does not exist",
        mend=f"create it with `docker {kind} create {want.name}`, or take `external` out of the file",
    )


def _foreign(want: Shared, live: LiveShared) -> Obstacle:
    kind = want.address.kind.value
    owner = f"stack {live.stack} of {live.owner}" if live.stack else "something other than topo"
    return Obstacle(
        address=want.address,
        message=f"{kind} {want.name} exists and belongs to {owner}",
        mend="give it another `name`, or say `external: true` to use it as it is",
    )


def _unwanted_networks(desired: Desired, live: Iterable[LiveShared]) -> list[Change]:
    return [
        SharedChange(address=one.address, action=Action.REMOVE, reason="is no longer in the stack", live=one)
        for one in live
        if one.address is not None
        and (one.stack, one.owner) == (desired.stack, desired.owner)
        and one.name not in {want.name for want in desired.networks.values()}
    ]


def _made_anew(changes: Iterable[Change]) -> frozenset[str]:
    """The networks that are removed and created again, by their engine names."""
    return frozenset(
        change.live.name
        for change in changes
        if isinstance(change, SharedChange) and change.action is Action.REPLACE and change.live is not None
    )


def _guests(changes: Iterable[Change], observed: Observed) -> list[Obstacle]:
    """Foreign containers on a network that is to be made anew: they are not ours to disconnect."""
    ours = {unit.id for unit in observed.units}
    found = []
    for change in changes:
        if isinstance(change, SharedChange) and change.action is Action.REPLACE and change.live is not None:
            guests = sorted(name for member, name in change.live.members.items() if member not in ours)
            if guests:
                found.append(
                    Obstacle(
                        address=change.address,
                        message=f"network {change.live.name} has to be made anew ({change.reason}), but "
                        f"containers that are not of this stack are on it: {', '.join(guests)}",
                        mend=f"disconnect them first: docker network disconnect {change.live.name} NAME",
                    )
                )
    return found


# Containers


def _names_taken(desired: Desired, observed: Observed) -> list[Obstacle]:
    holders = {holder.name: holder for holder in observed.holders}
    ours = {unit.id for unit in observed.units}
    return [
        Obstacle(
            address=unit.address,
            message=f"the name {unit.name} is taken by a container that is not of this stack"
            f" ({holder.id[:12]})",
            mend="rename or remove that container, or give the service another `container_name`",
        )
        for unit in desired.units.values()
        if (holder := holders.get(unit.name)) is not None and holder.id not in ours
    ]


def _units(desired: Desired, observed: Observed, made_anew: frozenset[str]) -> list[Change]:
    there: dict[Address, list[LiveUnit]] = {}
    for live in observed.units:
        there.setdefault(live.address, []).append(live)
    changes = {
        at: change
        for at, want in desired.units.items()
        if (change := _unit(desired, observed, want, there.get(at, []), made_anew)) is not None
    }
    _follow_shared_stacks(desired, observed, changes)
    gone = [
        UnitChange(
            address=at,
            action=Action.REMOVE,
            reason=_why_gone(desired, at),
            live=candidates[0],
            leftovers=tuple(candidates[1:]),
        )
        for at, candidates in there.items()
        if at not in desired.units
    ]
    return [*changes.values(), *gone]


def _why_gone(desired: Desired, at: Address) -> str:
    scaled = any(unit.name == at.name for unit in desired.units)
    return "fewer replicas are wanted" if scaled else "is no longer in the stack"


def _unit(
    desired: Desired, observed: Observed, want: Unit, candidates: list[LiveUnit], made_anew: frozenset[str]
) -> UnitChange | None:
    if not candidates:
        return UnitChange(address=want.address, action=Action.CREATE, reason="does not exist", want=want)
    compared = [
        (_fields(desired, observed, want, live) + _rejoining(want, live, made_anew), live)
        for live in candidates
    ]
    fields, live = min(compared, key=lambda one: _preference(want, *one))
    leftovers = tuple(other for other in candidates if other is not live)
    if not fields and not leftovers:
        return None
    return UnitChange(
        address=want.address,
        action=_action(fields),
        reason=_reason(fields) if fields else "an interrupted replacement left a container behind",
        fields=fields,
        want=want,
        live=live,
        leftovers=leftovers,
    )


def _rejoining(want: Unit, live: LiveUnit, made_anew: frozenset[str]) -> tuple[FieldChange, ...]:
    """Whoever stays on a network that is made anew has to leave it and come back."""
    wanted, there = want.spec.get("networks", {}), live.spec.get("networks", {})
    return tuple(
        FieldChange(
            name=f"networks.{name}",
            old=there[name],
            new=wanted[name],
            cause=Cause.NEEDED,
            reach=Reach.RECONNECT,
        )
        for name in sorted(made_anew & set(wanted) & set(there))
        if wanted[name] == there[name]
    )


def _preference(want: Unit, fields: tuple[FieldChange, ...], live: LiveUnit) -> tuple[bool, bool, bool, str]:
    """Which of several containers at one address stays: a finished successor, else the one that serves."""
    finished = live.serving and _action(fields) is not Action.REPLACE
    return (not finished, live.name != want.name, not live.serving, live.id)


def _action(fields: tuple[FieldChange, ...]) -> Action:
    reaches = {field.reach for field in fields}
    if Reach.REPLACE in reaches:
        return Action.REPLACE
    return Action.RECONNECT if reaches == {Reach.RECONNECT} else Action.UPDATE


def _reason(fields: tuple[FieldChange, ...]) -> str:
    forcing = [field.name for field in fields if field.reach is Reach.REPLACE]
    if forcing:
        return f"{', '.join(forcing)} cannot be changed on an existing container"
    return ", ".join(field.name for field in fields)


def _fields(desired: Desired, observed: Observed, want: Unit, live: LiveUnit) -> tuple[FieldChange, ...]:
    found: list[FieldChange] = []
    for row in SERVICE:
        found += _field(desired, row, want.spec, live)
    found += _image(observed, want, live)
    found += _state(want, live)
    if live.name != want.name:
        found.append(_drift("name", live.name, want.name))
    return tuple(found)


def _field(desired: Desired, row: Field, want: Spec, live: LiveUnit) -> list[FieldChange]:
    """Compares the three sides in the form in which they are recorded: sensitive values as digests."""
    new, old = row.expected(want, live.image), live.spec.get(row.name)
    if new == old:
        return []
    before = row.expected(live.recorded, live.image) if live.recorded is not None else new
    sides = [_as_recorded(desired, row, side) for side in (new, before, old)]
    if not row.keyed:
        return [_changed(row, row.name, old, new, _cause(*sides))]
    was, will = old or {}, new or {}
    return [
        _changed(
            row,
            f"{row.name}.{key}",
            was.get(key),
            will.get(key),
            _cause(*((one or {}).get(key) for one in sides)),
        )
        for key in sorted({*was, *will})
        if was.get(key) != will.get(key)
    ]


def _as_recorded(desired: Desired, row: Field, value: Any) -> Any:
    return redacted(desired.stack, {row.name: value})[row.name] if value else value


def _changed(row: Field, name: str, old: Any, new: Any, cause: Cause) -> FieldChange:
    return FieldChange(
        name=name, old=old, new=new, cause=cause, reach=row.reach(old, new), sensitive=row.sensitive
    )


def _cause(want: Any, recorded: Any, live: Any) -> Cause:
    if want == recorded:
        return Cause.DRIFT
    return Cause.STACK if recorded == live else Cause.BOTH


def _drift(name: str, old: object, new: object) -> FieldChange:
    return FieldChange(name=name, old=old, new=new, cause=Cause.DRIFT, reach=Reach.IN_PLACE)


def _image(observed: Observed, want: Unit, live: LiveUnit) -> list[FieldChange]:
    """The same reference may name another image by now, or one that has to be built anew."""
    if want.image != live.spec.get("image"):
        return []
    found = observed.images.get(want.image)
    digest = observed.builds.get(want.address.name, "")
    if want.build is not None and digest and (found is None or found.build != digest):
        old = found.build if found else ""
        return [_replacing("build", old or None, digest)]
    if found is not None and found.config.id != live.image.id and live.image.id:
        return [_replacing("image", live.image.id, found.config.id)]
    return []


def _replacing(name: str, old: object, new: object) -> FieldChange:
    return FieldChange(name=name, old=old, new=new, cause=Cause.IMAGE, reach=Reach.REPLACE)


def _state(want: Unit, live: LiveUnit) -> list[FieldChange]:
    if live.status in {Status.RUNNING, Status.RESTARTING}:
        return []
    if want.job and live.status is Status.EXITED and live.exit_code == 0:
        return []
    reach = Reach.REPLACE if live.status in {Status.DEAD, Status.REMOVING} else Reach.IN_PLACE
    return [FieldChange(name="state", old=live.status.value, new="running", cause=Cause.DRIFT, reach=reach)]


def _follow_shared_stacks(desired: Desired, observed: Observed, changes: dict[Address, UnitChange]) -> None:
    """A container that lives in another's network stack dies with it and must be made anew."""
    live = {unit.address: unit for unit in observed.units}
    for at, want in desired.units.items():
        mode = str(want.spec.get("network_mode", ""))
        if not mode.startswith("service:") or at not in live:
            continue
        host = changes.get(Address(Kind.SERVICE, mode.removeprefix("service:"), 1))
        if host is None or not _restarts(host):
            continue
        mine = changes.get(at)
        moved = FieldChange(name="network_mode", old=mode, new=mode, cause=Cause.NEEDED, reach=Reach.REPLACE)
        changes[at] = UnitChange(
            address=at,
            action=Action.REPLACE,
            reason=f"shares the network stack of {host.address}, which starts anew",
            fields=(*(mine.fields if mine else ()), moved),
            want=want,
            live=mine.live if mine else live[at],
            leftovers=mine.leftovers if mine else (),
        )


def _restarts(change: UnitChange) -> bool:
    return change.action in {Action.CREATE, Action.REPLACE} or any(
        field.name == "state" for field in change.fields
    )
