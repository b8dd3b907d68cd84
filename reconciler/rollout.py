"""One change of one container → the steps that it takes on a single engine.

Replacing keeps the old container until the new one works. Where two can stand side by side the new one
starts first and there is no gap; where only one can hold the host port, the address or the data, the old
one stops first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from reconciler import address, making, telling
from reconciler.diff import Action, FieldChange, UnitChange
from reconciler.fields import SERVICE, endpoints
from reconciler.fragment import NOTHING, Fragment
from reconciler.record import canonical
from reconciler.state import Desired, LiveUnit, Observed, Status, Unit
from reconciler.steps import (
    ConnectNetwork,
    DisconnectNetwork,
    RemoveContainer,
    RenameContainer,
    StartContainer,
    Step,
    StopContainer,
    UnpauseContainer,
    UpdateContainer,
    WaitHealthy,
)
from topology.structs import replace

_PREFIX = "networks."

Told: TypeAlias = Callable[[str], Fragment]
"""What those are told who link to the container that a change is about; why, in a few words."""


def _untold(_why: str) -> Fragment:
    return NOTHING


def lower(desired: Desired, observed: Observed, change: UnitChange) -> Fragment:
    """The steps of one change; leftovers of an interrupted replacement go before anything else.

    Where the replacement got as far as that the new one works, it is brought to its end instead.
    """
    if change.live is not None and change.want is not None and _has_taken_over(change):
        told = partial(telling.of_peers, desired, observed, change.address)
        return _taken_over(change.want, change.live, change, told)
    swept = Fragment.together(_removed(left, 0.0, _untold) for left in change.leftovers)
    return swept.then(_lowered(desired, observed, change))


def _lowered(desired: Desired, observed: Observed, change: UnitChange) -> Fragment:
    want, live = change.want, change.live

    def told(why: str) -> Fragment:
        return telling.of_peers(desired, observed, change.address, why)

    if want is None:
        return _removed(live, address_grace(live), told) if live else NOTHING
    if live is None:
        return making.created(desired, observed, want, want.name).then(told("is ready"))
    if change.action is Action.REPLACE:
        return _replaced(desired, observed, want, live, told, yields=change.yields)
    changed = _changed(want, live, change.fields)
    return changed.then(told("has changed")) if _is_noticed(change.fields) else changed


def _is_noticed(fields: tuple[FieldChange, ...]) -> bool:
    """Whether peers find a container at another place than before, or find it again."""
    return any(field.name == "state" or field.name.startswith(_PREFIX) for field in fields)


def address_grace(live: LiveUnit) -> float:
    """The grace a container was made with; the engine's default without one."""
    return float(live.spec.get("stop_grace_period", 10.0))


# Replacing and removing


def _replaced(
    desired: Desired, observed: Observed, want: Unit, live: LiveUnit, told: Told, *, yields: bool
) -> Fragment:
    """Those who link to it are told once the new one is ready, and again once the old one has stopped."""
    name = address.temporary_name(want.name, canonical(want.spec) + live.id)
    beside = side_by_side(want, live) and not yields
    late = want.joins_late if beside else frozenset()
    inherited = _inherited(observed, want, live)
    prepared = making.prepared(desired, observed.traits, want, name, inherited=inherited, late=late)
    works = making.ready_of(observed, want, name)
    works = works if yields else _succeeding(want, works, live, beside=beside)
    started = Fragment.of(StartContainer(address=want.address, container=name), works)
    stopped = _stopped(live, want.grace)
    gone = Fragment.of(RemoveContainer(address=want.address, container=live.id, name=live.name))
    renamed = Fragment.of(RenameContainer(address=want.address, container=name, name=want.name))
    ready = started.then(making.joined(want, name, late)).then(told("is ready"))
    if yields:
        return stopped.then(prepared).then(ready).then(gone).then(renamed)
    if beside:
        left = stopped.then(told("has lost its old container")) if stopped else NOTHING
        return prepared.then(ready).then(left).then(gone).then(renamed)
    return prepared.then(stopped).then(ready).then(gone).then(renamed)


def _has_taken_over(change: UnitChange) -> bool:
    """Whether the new one stays, and the one that it replaces is still there."""
    want, live = change.want, change.live
    if want is None or live is None or change.action is Action.REPLACE:
        return False
    return live.status is Status.RUNNING and any(left.name == want.name for left in change.leftovers)


def _taken_over(want: Unit, live: LiveUnit, change: UnitChange, told: Told) -> Fragment:
    """Those who link to it may not have been told, and the old one may still serve."""
    name = {field.name: field for field in change.fields if field.name == "name"}
    rest = tuple(field for field in change.fields if field.name != "name")
    gone = Fragment.together(_removed(left, address_grace(left), _untold) for left in change.leftovers)
    return (
        _changed(want, live, rest)
        .then(told("is ready"))
        .then(gone)
        .then(told("has lost its old container"))
        .then(_renamed(want, live, name))
    )


def _succeeding(want: Unit, wait: Step, live: LiveUnit, *, beside: bool) -> Step:
    """A successor that does not work costs nobody the old one, which runs on or runs again."""
    if not isinstance(wait, WaitHealthy):
        return wait
    watched = replace(wait, monitor=want.update.monitor or 0.0)
    if live.status is not Status.RUNNING:
        return watched
    return replace(watched, discard=True, revive="" if beside else live.id)


def _inherited(observed: Observed, want: Unit, live: LiveUnit) -> dict[str, str]:
    """The anonymous volumes that the successor would else get anew; all, while its image is yet to come."""
    image = observed.images.get(want.image)
    if image is None:
        return dict(live.anonymous)
    asked = {target for target, text in want.spec.get("volumes", {}).items() if not text}
    kept = asked | image.config.volumes
    return {target: name for target, name in live.anonymous.items() if target in kept}


def side_by_side(want: Unit, live: LiveUnit) -> bool:
    """Whether old and new may run at once; an old one's anonymous data belongs to one container at a time."""
    return want.start_first and not live.anonymous


def _stopped(live: LiveUnit, grace: float) -> Fragment:
    if live.status in {Status.CREATED, Status.EXITED, Status.DEAD}:
        return NOTHING
    return Fragment.of(StopContainer(address=live.address, container=live.id, grace=grace))


def _removed(live: LiveUnit, grace: float, told: Told) -> Fragment:
    return (
        _stopped(live, grace)
        .then(told("has stopped"))
        .then(Fragment.of(RemoveContainer(address=live.address, container=live.id, name=live.name)))
    )


# Changing in place


def _changed(want: Unit, live: LiveUnit, fields: tuple[FieldChange, ...]) -> Fragment:
    """A container keeps its id; only one that is not running is started."""
    by_name = {field.name: field for field in fields}
    halted, woken = _around(want, live, fields)
    return (
        halted.then(_renamed(want, live, by_name))
        .then(_updated(want, live, fields))
        .then(_reattached(want, live, fields))
        .then(woken or _well(want, live, by_name))
        .then(NOTHING if woken else telling.of_files(want, live, fields))
    )


def _well(want: Unit, live: LiveUnit, by_name: dict[str, FieldChange]) -> Fragment:
    return Fragment.of(making.works(want, live.id, want.within)) if "health" in by_name else NOTHING


def _around(want: Unit, live: LiveUnit, fields: tuple[FieldChange, ...]) -> tuple[Fragment, Fragment]:
    """What must stop before and run after; connecting a restarting container leaves orphans (11k)."""
    ready = Fragment.of(making.works(want, live.id, want.within))
    started = Fragment.of(StartContainer(address=want.address, container=live.id)).then(ready)
    if live.status is Status.PAUSED:
        return NOTHING, Fragment.of(UnpauseContainer(address=want.address, container=live.id)).then(ready)
    if live.status is Status.CREATED:  # whoever made it may have been cut off before filling it
        started = making.filled(want, live.id).then(started)
    if live.status in {Status.EXITED, Status.CREATED}:
        return NOTHING, started if any(field.name == "state" for field in fields) else NOTHING
    if live.status is Status.RESTARTING and any(field.name.startswith(_PREFIX) for field in fields):
        return _stopped(live, want.grace), started
    return NOTHING, NOTHING


def _renamed(want: Unit, live: LiveUnit, by_name: dict[str, FieldChange]) -> Fragment:
    if "name" not in by_name:
        return NOTHING
    return Fragment.of(RenameContainer(address=want.address, container=live.id, name=want.name))


def _updated(want: Unit, live: LiveUnit, fields: tuple[FieldChange, ...]) -> Fragment:
    """All limits in one call."""
    changed = {field.name: field.new for field in fields}
    sent: dict[str, Any] = {}
    for row in SERVICE:
        if row.update is not None and row.name in changed:
            sent.update(row.update(changed[row.name], want.spec))
    if not sent:
        return NOTHING
    return Fragment.of(UpdateContainer(address=want.address, container=live.id, body=sent))


def _reattached(want: Unit, live: LiveUnit, fields: tuple[FieldChange, ...]) -> Fragment:
    """The new is connected before the old is disconnected; a changed endpoint has to leave and come back.

    That does not wait for the new: a network that is made anew waits for all who have to leave it.
    """
    joined, again, left = NOTHING, NOTHING, NOTHING
    for field in fields:
        if not field.name.startswith(_PREFIX):
            continue
        network = field.name.removeprefix(_PREFIX)
        off = Fragment.of(DisconnectNetwork(address=want.address, container=live.id, network=network))
        if field.new is None:
            left = left.beside(off)
            continue
        endpoint = endpoints.settings(field.new)
        on = Fragment.of(
            ConnectNetwork(address=want.address, container=live.id, network=network, endpoint=endpoint)
        )
        if field.old is None:
            joined = joined.beside(on)
        else:
            again = again.beside(off.then(on))
    return joined.then(left).beside(again)
