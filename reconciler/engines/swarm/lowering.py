"""One change of a service → the steps that it takes on a Swarm, which itself replaces what runs."""

from __future__ import annotations

from typing import Any

from reconciler.diff import Action, UnitChange
from reconciler.fields import Reach
from reconciler.fields.swarm import SWARM
from reconciler.fragment import NOTHING, Fragment
from reconciler.making import JOB_PATIENCE
from reconciler.record import labels
from reconciler.state import Desired, LiveUnit, Observed, Roll, Rolling, Unit
from reconciler.steps import CreateService, RemoveService, Step, UpdateService, WaitService


def lower(desired: Desired, _observed: Observed, change: UnitChange) -> Fragment:
    """The steps of one change. A service keeps its id but where its mode changes."""
    swept = Fragment.together(_removed(left) for left in change.leftovers)
    return swept.then(_lowered(desired, change))


def _lowered(desired: Desired, change: UnitChange) -> Fragment:
    want, live = change.want, change.live
    if want is None:
        return _removed(live) if live else NOTHING
    if live is None:
        return _created(desired, want)
    if any(field.reach is Reach.REPLACE for field in change.fields) or live.name != want.name:
        return _removed(live).then(_created(desired, want))
    if not change.fields and change.action is not Action.REPLACE:
        return NOTHING
    if change.action is Action.AWAIT:
        return Fragment.of(_works(want, live.roll))
    anew = change.action is Action.REPLACE
    update = UpdateService(
        address=want.address, service=live.id, name=want.name, body=body(desired, want), anew=anew
    )
    return Fragment.of(update, _works(want))


def _created(desired: Desired, want: Unit) -> Fragment:
    create = CreateService(address=want.address, name=want.name, body=body(desired, want))
    return Fragment.of(create, _works(want))


def _works(want: Unit, roll: Roll | None = None) -> Step:
    """Waits for what was told just now or before, or for an update that somebody else has begun."""
    return WaitService(
        address=want.address,
        name=want.name,
        within=JOB_PATIENCE if want.job else want.within,
        since=roll.since if roll else "",
        back=roll is not None and roll.state is Rolling.GOING_BACK,
    )


def _removed(live: LiveUnit) -> Fragment:
    return Fragment.of(RemoveService(address=live.address, service=live.id, name=live.name))


def body(desired: Desired, want: Unit) -> dict[str, Any]:
    """The `ServiceSpec` of a unit."""
    made: dict[str, Any] = {"Name": want.name, "TaskTemplate": {"ContainerSpec": {}}, "Labels": {}}
    for row in SWARM:
        if row.name in want.spec:
            row.write(made, want.spec[row.name])
    made["Labels"] = {**made["Labels"], **labels(desired, want.address, want.spec)}
    return made
