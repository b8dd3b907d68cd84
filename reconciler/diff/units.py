"""Containers: what differs from what is wanted, why, and how far the change goes."""

from __future__ import annotations

from typing import Any

from reconciler import address
from reconciler.address import Address
from reconciler.diff.bound import Afterwards, unbound
from reconciler.diff.changes import Action, Cause, Change, FieldChange, UnitChange, action_of, cause_of
from reconciler.diff.following import follow_hosts
from reconciler.fields import Field, Reach, held, mounts, of_units
from reconciler.record import is_digest, redacted
from reconciler.state import Desired, LiveUnit, Observed, Status, Unit
from topology.secrets import looks_secret
from topology.structs import replace


def compare_units(desired: Desired, observed: Observed, networks: Afterwards) -> list[Change]:
    """The changes of all containers, given what becomes of the networks."""
    there: dict[Address, list[LiveUnit]] = {}
    for live in observed.units:
        there.setdefault(live.address, []).append(live)
    changes = {
        at: change
        for at, want in desired.units.items()
        if (change := _unit(desired, observed, want, there.get(at, []), networks)) is not None
    }
    follow_hosts(desired, observed, changes)
    _yield(changes)
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


def _yield(changes: dict[Address, UnitChange]) -> None:
    """Marks those that are replaced and lose a port or an address to another container of the stack."""
    asked = {at: _gained(change) for at, change in changes.items()}
    for at, change in changes.items():
        if change.action is Action.REPLACE and change.live is not None and change.want is not None:
            lost = held(change.live.spec) - held(change.want.spec)
            if any(lost & gained for other, gained in asked.items() if other != at):
                changes[at] = replace(change, yields=True)


def _gained(change: UnitChange) -> frozenset[tuple[str, str]]:
    wanted = held(change.want.spec) if change.want else frozenset()
    return wanted - (held(change.live.spec) if change.live else frozenset())


def _why_gone(desired: Desired, at: Address) -> str:
    scaled = at.name in desired.idle or any(unit.name == at.name for unit in desired.units)
    return "fewer replicas are wanted" if scaled else "is no longer in the stack"


def _unit(
    desired: Desired, observed: Observed, want: Unit, candidates: list[LiveUnit], networks: Afterwards
) -> UnitChange | None:
    if not candidates:
        return UnitChange(address=want.address, action=Action.CREATE, reason="does not exist", want=want)
    compared = [
        (
            _fields(desired, observed, want, live)
            + _rejoining(want, live, networks.made_anew)
            + _unbound(observed, want, live, networks),
            live,
        )
        for live in candidates
    ]
    fields, live = min(compared, key=lambda one: _preference(want, one[0], one[1], candidates))
    leftovers = tuple(other for other in candidates if other is not live)
    if not fields and not leftovers:
        return None
    return UnitChange(
        address=want.address,
        action=action_of(fields),
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


def _unbound(observed: Observed, want: Unit, live: LiveUnit, networks: Afterwards) -> tuple[FieldChange, ...]:
    """A job that is done starts no more."""
    if _is_done(want, live) or _is_ignored("network_mode", want):
        return ()
    return unbound(observed, want, live, networks)


def _is_untried(want: Unit, live: LiveUnit, candidates: list[LiveUnit]) -> bool:
    """Whether nobody can tell that a successor is ready, and its predecessor still serves."""
    if want.ready is None or live.name == want.name:
        return False
    return any(other.name == want.name and other.serving for other in candidates)


def _preference(
    want: Unit, fields: tuple[FieldChange, ...], live: LiveUnit, candidates: list[LiveUnit]
) -> tuple[bool, bool, bool, str]:
    """Which of several containers at one address stays: a finished successor, else the one that serves."""
    tried = not _is_untried(want, live, candidates)
    finished = live.serving and tried and action_of(fields) is not Action.REPLACE
    return (not finished, live.name != want.name, not live.serving, live.id)


def _reason(fields: tuple[FieldChange, ...]) -> str:
    forcing = [field.name for field in fields if field.reach is Reach.REPLACE]
    if forcing:
        return f"{', '.join(forcing)} cannot be changed on an existing container"
    return ", ".join(field.name for field in fields)


def _fields(desired: Desired, observed: Observed, want: Unit, live: LiveUnit) -> tuple[FieldChange, ...]:
    found: list[FieldChange] = []
    asked = replace(want, spec=mounts.as_held(want.spec, live.anonymous)) if live.anonymous else want
    for row in of_units(observed.traits):
        found += _field(desired, row, asked, live)
    found = [_renewed(want, live, one) for one in found] if want.renew is not None else found
    found += _image(observed, want, live)
    found += _state(want, live)
    if live.name != want.name:
        found.append(_named(desired, want, live))
    if all(field.reach is not Reach.REPLACE for field in found):
        found += _unfinished(want, live, alone=not found)
    return tuple(one for one in found if not _is_ignored(one.name, want)) if want.ignores else tuple(found)


def _is_ignored(name: str, want: Unit) -> bool:
    return name in want.ignores or name.partition(".")[0] in want.ignores


def _field(desired: Desired, row: Field, unit: Unit, live: LiveUnit) -> list[FieldChange]:
    """Compares the three sides in the form in which they are recorded: sensitive values as digests."""
    want = unit.spec
    new, old = row.expected(want, live.image), live.spec.get(row.name)
    if new == old or (row.left_to_engine and row.name not in {*want, *(live.recorded or {})}):
        return []
    before = row.expected(live.recorded, live.image) if live.recorded is not None else new
    sides = [_as_recorded(desired, row, side) for side in (new, before, old)]
    if not row.keyed:
        return [_changed(row, row.name, old, new, cause_of(*sides))]
    was, will = old or {}, new or {}
    return [
        _changed(
            row,
            f"{row.name}.{key}",
            was.get(key),
            will.get(key),
            cause_of(*((one or {}).get(key) for one in sides)),
            disclosed=key in unit.disclosed,
        )
        for key in sorted({*was, *will})
        if not row.same(was.get(key), will.get(key))
    ]


def _as_recorded(desired: Desired, row: Field, value: Any) -> Any:
    return redacted(desired.seal, {row.name: value})[row.name] if value else value


def _changed(
    row: Field, name: str, old: Any, new: Any, cause: Cause, *, disclosed: bool = False
) -> FieldChange:
    kept = any(looks_secret(name, one) or is_digest(str(one)) for one in (old, new))
    secret = row.sensitive and (kept or not disclosed)
    return FieldChange(name=name, old=old, new=new, cause=cause, reach=row.reach(old, new), sensitive=secret)


def _named(desired: Desired, want: Unit, live: LiveUnit) -> FieldChange:
    """Only a name that the file chose is recorded, and not by what older releases made."""
    own = address.container_name(desired.stack, want.address.name, want.address.replica)
    before = (live.recorded or {}).get("container_name", own if live.name == own else want.name)
    halfway = live.name != before and address.is_temporary(live.name)
    cause = cause_of(want.name, before, before if halfway else live.name)
    if halfway and want.name == before:
        cause = Cause.UNFINISHED
    return FieldChange(name="name", old=live.name, new=want.name, cause=cause, reach=Reach.IN_PLACE)


def _renewed(want: Unit, live: LiveUnit, field: FieldChange) -> FieldChange:
    """The file says no digest: where that of the same name is another one, the registry has changed."""
    moved = field.name == "image_digest" and want.image == live.spec.get("image")
    return replace(field, cause=Cause.IMAGE) if moved and field.cause is Cause.STACK else field


def _image(observed: Observed, want: Unit, live: LiveUnit) -> list[FieldChange]:
    """The same reference may name another image by now, or one that has to be built anew."""
    if want.image != live.spec.get("image"):
        return []
    found = observed.images.get(want.image)
    digest = observed.builds.get(want.address.name, "")
    if want.build is not None and digest and (found is None or found.build != digest):
        old = found.build if found else ""
        return [_replacing("build", old or None, digest)]
    if found is not None and want.build is None and found.is_outdated:
        return [_replacing("image", next(iter(found.digests), live.image.id), found.newest)]
    if found is not None and found.config.id != live.image.id and live.image.id:
        return [_replacing("image", live.image.id, found.config.id)]
    return []


def _replacing(name: str, old: object, new: object) -> FieldChange:
    return FieldChange(name=name, old=old, new=new, cause=Cause.IMAGE, reach=Reach.REPLACE)


def _is_done(want: Unit, live: LiveUnit) -> bool:
    return want.job and live.status is Status.EXITED and live.exit_code == 0


def _state(want: Unit, live: LiveUnit) -> list[FieldChange]:
    """A container that never ran was left so by an interrupted apply: nothing leads back to "created"."""
    if live.status in {Status.RUNNING, Status.RESTARTING}:
        return []
    if _is_done(want, live):
        return []
    reach = Reach.REPLACE if live.status in {Status.DEAD, Status.REMOVING} else Reach.IN_PLACE
    cause = Cause.UNFINISHED if live.status is Status.CREATED else Cause.DRIFT
    return [FieldChange(name="state", old=live.status.value, new="running", cause=cause, reach=reach)]


def _unfinished(want: Unit, live: LiveUnit, *, alone: bool) -> list[FieldChange]:
    """What is as it should be and does not work, yet or any more: who waited for it may have been killed.

    What a Swarm is told of a service is waited for anyway, so there it counts where nothing else differs.
    """
    if live.roll is not None and live.roll.goes_on:
        found = [_awaited("state", live.roll.state.value, "running")] if alone else []
    elif live.status is not Status.RUNNING or want.job:
        found = []
    elif live.tasks is None:
        found = [] if live.serving else [_awaited("health", live.health.value, "healthy")]
    else:
        late = [task.state for task in live.tasks if task.is_late] if alone else []
        found = [_awaited("state", one, "running") for one in late[:1]]
    return found


def _awaited(name: str, old: str, new: str) -> FieldChange:
    return FieldChange(name=name, old=old, new=new, cause=Cause.UNFINISHED, reach=Reach.AWAIT)
