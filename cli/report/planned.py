"""The reconciler's plan → a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cli.render.steps import said
from cli.report.plan import ChangeLine, FieldLine, ObstacleLine, Plan, StepLine
from reconciler import plan as reconciler
from reconciler.diff import Action, Change, FieldChange, UnitChange
from reconciler.record import DIGEST_LENGTH, digest, is_digest, redacted, reworded
from reconciler.rollout import side_by_side
from reconciler.state import Desired, Spec
from topology.findings import Path, Span
from topology.secrets import MASK, is_secret, masked, masked_words

HIDDEN = "(hidden)"

Find = Callable[[Path], Span | None]
"""Where in which file the value at a path of the stack stands."""


def planned(plan: reconciler.Plan, desired: Desired, engine: str, find: Find) -> Plan:
    """All that a plan says, but for what it does to reach. `find` tells where the file asks for something."""
    place = {step: index for index, step in enumerate(plan.steps)}
    names = names_of(plan)
    return Plan(
        stack=plan.stack,
        engine=engine,
        changes=tuple(_change(change, desired, plan.key) for change in plan.changes),
        obstacles=tuple(
            ObstacleLine(
                address=str(one.address), message=one.message, mend=one.mend, place=_place(one.path, find)
            )
            for one in plan.obstacles
        ),
        notes=plan.notes,
        steps=tuple(
            StepLine(
                address=str(step.address),
                text=said(step, names),
                needs=tuple(sorted(place[need] for need in plan.needs[step])),
            )
            for step in place
        ),
        images=plan.images,
        fingerprint=plan.fingerprint,
    )


def names_of(plan: reconciler.Plan) -> dict[str, str]:
    """The names of what steps call by its id."""
    lives = [change.live for change in plan.changes if change.live is not None]
    lives += [left for change in plan.changes if isinstance(change, UnitChange) for left in change.leftovers]
    return {live.id: live.name for live in lives}


def _change(change: Change, desired: Desired, key: str) -> ChangeLine:
    unit = change if isinstance(change, UnitChange) else None
    return ChangeLine(
        address=str(change.address),
        kind=change.address.kind.value,
        name=change.address.name,
        replica=change.address.replica,
        action=change.action.value,
        reason=change.reason,
        gap=_gap(unit) if unit else None,
        fields=tuple(field_line(field, key) for field in change.fields),
        leftovers=len(unit.leftovers) if unit else 0,
        spec=_shown(desired, change.want.spec) if change.want and not change.live else None,
    )


def _shown(desired: Desired, spec: Spec) -> dict[str, Any]:
    """What will be made, without the digests that do for a label: a weak secret could be guessed."""
    return {name: _veiled(name, value) for name, value in redacted(desired.seal, spec).items()}


def _veiled(name: str, value: Any) -> Any:
    """The value of a field, or of something in it, with all secrets unreadable."""
    if isinstance(value, str):
        return HIDDEN if is_digest(value[:DIGEST_LENGTH]) else masked(value)
    if isinstance(value, Mapping):
        return {
            key: MASK if _is_named_secret(key, one) else _veiled(str(key), one)
            for key, one in reworded(name, value, masked_words).items()
        }
    if isinstance(value, list | tuple):
        return [_veiled("", one) for one in reworded(name, value, masked_words)]
    return value


def _is_named_secret(key: object, value: object) -> bool:
    return isinstance(value, str) and not is_digest(value[:DIGEST_LENGTH]) and is_secret(str(key), value)


def _gap(change: UnitChange) -> bool | None:
    """Whether nobody serves for a moment; only a replacement has that question."""
    if change.action is not Action.REPLACE or change.want is None or change.live is None:
        return None
    return change.yields or not side_by_side(change.want, change.live)


def field_line(field: FieldChange, key: str) -> FieldLine:
    """One field, its values hidden where they are nobody's business; `key` is that of the plan."""
    return FieldLine(
        name=field.name,
        old=_told(field.old, field, key),
        new=_told(field.new, field, key),
        cause=field.cause.value,
        reach=field.reach.value,
        sensitive=field.sensitive,
    )


def _told(value: Any, field: FieldChange, key: str) -> Any:
    if value is None:
        return None
    name, _, entry = field.name.partition(".")
    if field.sensitive or (entry and _is_named_secret(entry, value)):
        return HIDDEN
    if isinstance(value, str) and is_digest(value[:DIGEST_LENGTH]):
        return digest(key, value[:DIGEST_LENGTH]) + value[DIGEST_LENGTH:]
    return _veiled(name, value)


def _place(path: Path, find: Find) -> str | None:
    span = find(path) if path else None
    return str(span) if span else None
