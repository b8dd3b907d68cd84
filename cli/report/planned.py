"""The reconciler's plan → a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.render.steps import said
from cli.report.plan import ChangeLine, FieldLine, ObstacleLine, Plan, StepLine
from reconciler import plan as reconciler
from reconciler.diff import Action, Change, FieldChange, UnitChange
from reconciler.record import redacted
from reconciler.rollout import side_by_side
from reconciler.state import Desired
from topology.findings import Path, Span

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
        changes=tuple(_change(change, desired) for change in plan.changes),
        obstacles=tuple(
            ObstacleLine(
                address=str(one.address), message=one.message, mend=one.mend, place=_place(one.path, find)
            )
            for one in plan.obstacles
        ),
        steps=tuple(
            StepLine(
                address=str(step.address),
                text=said(step, names),
                needs=tuple(sorted(place[need] for need in plan.needs[step])),
            )
            for step in place
        ),
        fingerprint=plan.fingerprint,
    )


def names_of(plan: reconciler.Plan) -> dict[str, str]:
    """The names of what steps call by its id."""
    lives = [change.live for change in plan.changes if change.live is not None]
    lives += [left for change in plan.changes if isinstance(change, UnitChange) for left in change.leftovers]
    return {live.id: live.name for live in lives}


def _change(change: Change, desired: Desired) -> ChangeLine:
    unit = change if isinstance(change, UnitChange) else None
    return ChangeLine(
        address=str(change.address),
        kind=change.address.kind.value,
        name=change.address.name,
        replica=change.address.replica,
        action=change.action.value,
        reason=change.reason,
        gap=_gap(unit) if unit else None,
        fields=tuple(field_line(field) for field in change.fields),
        leftovers=len(unit.leftovers) if unit else 0,
        spec=redacted(desired.stack, change.want.spec) if change.want and not change.live else None,
    )


def _gap(change: UnitChange) -> bool | None:
    """Whether nobody serves for a moment; only a replacement has that question."""
    if change.action is not Action.REPLACE or change.want is None or change.live is None:
        return None
    return change.yields or not side_by_side(change.want, change.live)


def field_line(field: FieldChange) -> FieldLine:
    """One field, its values hidden where they are nobody's business."""
    return FieldLine(
        name=field.name,
        old=_told(field.old, field),
        new=_told(field.new, field),
        cause=field.cause.value,
        reach=field.reach.value,
        sensitive=field.sensitive,
    )


def _told(value: Any, field: FieldChange) -> Any:
    return HIDDEN if field.sensitive and value is not None else value


def _place(path: Path, find: Find) -> str | None:
    span = find(path) if path else None
    return str(span) if span else None
