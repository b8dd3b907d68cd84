"""Taking over what others made: a plan whose one step is a note, and that says what apply would do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler import address, adoption
from reconciler.adoption import Claim
from reconciler.diff import Action, Change, Obstacle, SharedChange, UnitChange, diff
from reconciler.fields import SERVICE
from reconciler.plan import Plan, key_of
from reconciler.record import labels
from reconciler.state import Desired, LiveUnit, Marks, Observed, Spec
from reconciler.steps import DropJournal, Step, TakeOver
from topology.structs import replace


def provisional(desired: Desired, claims: Iterable[Claim]) -> Marks:
    """The labels that claimed things would carry, but for what they are."""
    return {one.id: _marks(desired, one) for one in claims}


def _marks(desired: Desired, claim: Claim) -> dict[str, str]:
    found = labels(desired, claim.address, {})
    del found[address.SPEC]
    return found | _lasting(desired, claim)


def _lasting(desired: Desired, claim: Claim) -> dict[str, str]:
    want = desired.networks.get(claim.address) or desired.volumes.get(claim.address)
    return {address.PROTECT: "true"} if want is not None and want.protect else {}


def adopted(
    desired: Desired, observed: Observed, claims: Sequence[Claim], refused: tuple[Obstacle, ...]
) -> Plan:
    """The plan; in `observed` the claimed things carry their provisional labels."""
    known = {one.id: one for one in claims}
    units = tuple(_as_it_is(unit, desired) if unit.id in known else unit for unit in observed.units)
    seen = replace(observed, units=units)
    after = {change.address: change for change in diff(desired, seen).changes}
    changes = sorted(_changes(desired, seen, claims, after), key=lambda change: change.address.order)
    return Plan(
        stack=desired.stack,
        changes=tuple(changes),
        obstacles=refused,
        needs=_note(desired, seen, known) if changes else {},
        key=key_of(observed),
    )


def _as_it_is(unit: LiveUnit, desired: Desired) -> LiveUnit:
    """What it is counts as what it was made to be.

    Of what the engine does not tell, as of a mounted file's content, it is taken to be as the stack says.
    What the engine decides where nobody does was decided by nobody.
    """
    want = desired.units[unit.address].spec
    left = {row.name for row in SERVICE if row.left_to_engine and row.name not in want}
    spec: dict[str, Any] = {name: value for name, value in unit.spec.items() if name not in left}
    spec |= {row.name: want[row.name] for row in SERVICE if row.unseen and row.name in want}
    if "contents" in spec:
        mounted = {at: text for at, text in spec["contents"].items() if at in unit.spec.get("volumes", {})}
        spec["contents"] = mounted
    return replace(unit, spec=spec, recorded=spec, made=spec)


def _changes(
    desired: Desired, seen: Observed, claims: Iterable[Claim], after: Mapping[address.Address, Change]
) -> Iterable[Change]:
    units = {unit.id: unit for unit in seen.units}
    shared = {one.id: one for one in (*seen.networks, *seen.volumes)}
    for one in claims:
        reason = f"{one.name}, {one.why}"
        next_ = after.get(one.address)
        fields = next_.fields if next_ else ()
        if one.id in units:
            want = desired.units[one.address]
            yield UnitChange(
                address=one.address,
                action=Action.ADOPT,
                reason=reason,
                fields=fields,
                want=want,
                live=units[one.id],
            )
        elif one.id in shared:
            yield SharedChange(
                address=one.address, action=Action.ADOPT, reason=reason, fields=fields, live=shared[one.id]
            )


def _all_labels(desired: Desired, claim: Claim, spec: Spec) -> dict[str, str]:
    return labels(desired, claim.address, spec) | _lasting(desired, claim)


def _note(desired: Desired, seen: Observed, known: Mapping[str, Claim]) -> dict[Step, frozenset[Step]]:
    """One note that holds all: those that were taken over before and are still there, and the new ones."""
    there = {one.id for several in (seen.units, seen.networks, seen.volumes) for one in several}
    told = {at: found for at, found in seen.adopted.labels.items() if at in there}
    specs: dict[str, Spec] = {unit.id: unit.spec for unit in seen.units if unit.id in known}
    told |= {at: _all_labels(desired, claim, specs.get(at, {})) for at, claim in known.items()}
    body = adoption.body(desired.stack, desired.owner, seen.adopted, told)
    at = address.stack(desired.stack)
    note = TakeOver(address=at, name=body["Name"], body=body)
    needs: dict[Step, frozenset[Step]] = {note: frozenset()}
    needs |= {DropJournal(address=at, name=name): frozenset({note}) for name in seen.adopted.names}
    return needs
