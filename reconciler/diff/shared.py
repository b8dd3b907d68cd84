"""Networks and volumes: what differs, and what topo will not touch."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.address import Kind
from reconciler.diff.changes import Action, Cause, Change, FieldChange, Obstacle, SharedChange, cause_of
from reconciler.fields import Reach, SharedField
from reconciler.record import redacted
from reconciler.state import Desired, LiveShared, Shared, Spec


def compare(
    table: tuple[SharedField, ...], desired: Desired, want: Shared, live: Iterable[LiveShared]
) -> SharedChange | Obstacle | None:
    """What is to be done about one wanted network or volume; None when it is as wanted."""
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
    fields = _shared_fields(desired.seal, table, want.spec, found)
    return _shared_change(want, found, fields) if fields else None


def _cause(seal: str, name: str, want: Spec, live: LiveShared) -> Cause:
    """All three as they are recorded."""
    sides = (redacted(seal, {name: spec.get(name)})[name] for spec in (want, live.recorded or {}, live.spec))
    return cause_of(*sides)


def _shared_fields(
    seal: str, table: tuple[SharedField, ...], want: Spec, live: LiveShared
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(
            name=row.name,
            old=live.spec.get(row.name),
            new=want.get(row.name),
            cause=_cause(seal, row.name, want, live),
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
    adopt = "" if live.stack else "take it over with `topo adopt`, "
    return Obstacle(
        address=want.address,
        message=f"{kind} {want.name} exists and belongs to {owner}",
        mend=f"{adopt}give it another `name`, or say `external: true` to use it as it is",
    )


def unwanted(desired: Desired, wanted: Iterable[Shared], live: Iterable[LiveShared]) -> list[Change]:
    """What of the stack it no longer wants. Nobody asks that of volumes: they hold data."""
    names = {want.name for want in wanted}
    return [
        SharedChange(address=one.address, action=Action.REMOVE, reason="is no longer in the stack", live=one)
        for one in live
        if one.address is not None
        and (one.stack, one.owner) == (desired.stack, desired.owner)
        and one.name not in names
    ]
