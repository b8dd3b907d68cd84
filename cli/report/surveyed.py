"""What was observed → the report of `topo status`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from cli.planning import Draft
from cli.report.plan import AWAIT, CREATE, ChangeLine
from cli.report.status import ABSENT, DRIFTED, AppliedLine, DriftLine, Status, TaskLine, UnitLine
from reconciler.history import Entry
from reconciler.state import LiveUnit, Unit
from reconciler.state import Status as State
from reconciler.survey import Sighting, Survey
from topology.structs import replace

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def surveyed(
    draft: Draft,
    history: Sequence[Entry],
    survey: Survey,
    now: datetime,
    lacking: Mapping[str, str] = NOTHING,
) -> Status:
    """The stack as it is at `now`; `lacking`: container id → what keeps it from being ready."""
    report = draft.report
    return Status(
        stack=report.stack,
        engine=report.engine,
        units=tuple(_readied(one, draft, lacking) for one in _units(draft, survey, now)),
        drift=tuple(
            DriftLine(address=change.address, field=field)
            for change in report.changes
            for field in change.fields
            if field.cause in DRIFTED
        ),
        missing=tuple(change.address for change in report.changes if change.action == CREATE),
        pending=tuple(filter(_is_pending, report.changes)),
        obstacles=report.obstacles,
        idle_nodes=draft.observed.idle,
        applied=_applied(history[-1], draft) if history else None,
    )


def _readied(line: UnitLine, draft: Draft, lacking: Mapping[str, str]) -> UnitLine:
    """With whether it is ready; one that has just been started may still take its time."""
    if line.id not in lacking:
        return line
    lacks = lacking[line.id]
    want = next(unit for at, unit in draft.desired.units.items() if str(at) == line.address)
    waits = bool(lacks) and want.ready is not None and (line.up_seconds or 0.0) < want.ready.within
    health = "starting" if waits and line.health == "none" else line.health
    return replace(line, ready=not lacks, lacks=lacks, health=health)


def _applied(last: Entry, draft: Draft) -> AppliedLine:
    """Complete, if all that was wanted was made, whatever has become of it since."""
    made = {str(unit.address): unit.recorded for unit in draft.observed.units}
    shared = (*draft.observed.networks, *draft.observed.volumes)
    made |= {str(one.address): one.recorded for one in shared if one.address is not None}
    complete = bool(last.wanted) and all(
        made.get(at) == thing.spec for at, thing in last.wanted.items() if not thing.external
    )
    return AppliedLine(at=last.at, by=last.by, version=last.version, complete=complete)


def _is_pending(change: ChangeLine) -> bool:
    """Whether the file asks for it, be it not applied yet or undone since."""
    return change.action not in {AWAIT, CREATE} and any(
        field.cause not in DRIFTED for field in change.fields or ()
    )


def _units(draft: Draft, survey: Survey, now: datetime) -> Iterator[UnitLine]:
    """Every address in order: what is there, and what should be but is not."""
    networks = {want.name: want.address.name for want in draft.desired.networks.values()}
    wanted = draft.desired.units
    seen = {one.id: one for one in survey.sightings if one.runs}
    live = {unit.address for unit in draft.observed.units}
    found: list[LiveUnit | Unit] = [*draft.observed.units, *(wanted[at] for at in wanted if at not in live)]
    for unit in sorted(found, key=lambda one: (one.address.order, one.name)):
        line = _line(unit, now, networks, wanted.get(unit.address))
        yield _placed(line, seen[line.id], networks) if line.id in seen else line


def _line(unit: LiveUnit | Unit, now: datetime, networks: dict[str, str], want: Unit | None) -> UnitLine:
    live = unit if isinstance(unit, LiveUnit) else None
    is_over = live is not None and live.status is State.EXITED
    return UnitLine(
        address=str(unit.address),
        service=unit.address.name,
        replica=unit.address.replica,
        wanted=want is not None,
        job=want is not None and want.job,
        status=live.status.value if live else ABSENT,
        health=live.health.value if live and live.status is State.RUNNING else "none",
        exit_code=live.exit_code if live and is_over else None,
        error=live.error if live else "",
        update=live.roll.state.value if live and live.roll else "",
        update_said=live.roll.said if live and live.roll else "",
        up_seconds=_up(live, now) if live else None,
        image=str(unit.spec.get("image", "")),
        ports=tuple(unit.spec.get("ports", ())),
        networks=tuple(networks.get(name, name) for name in unit.spec.get("networks", {})),
        container=unit.name,
        id=live.id if live else "",
        **_tasks(live),
    )


def _placed(line: UnitLine, seen: Sighting, networks: dict[str, str]) -> UnitLine:
    """With the ports and addresses that the engine gave it."""
    return replace(
        line,
        ports=tuple(seen.spec["ports"]),
        networks=tuple(networks.get(name, name) for name in seen.seats) or line.networks,
        addresses={networks.get(name, name): seat.addresses for name, seat in seen.seats.items()},
    )


def _tasks(live: LiveUnit | None) -> dict[str, Any]:
    """How the tasks of a service are; nothing of a container. Where no number is asked for, all are."""
    if live is None or live.tasks is None:
        return {}
    current = [task for task in live.tasks if task.desired in {"running", "complete"}]
    return {
        "running": sum(task.state == task.desired for task in current),
        "asked": int(live.spec.get("replicas", len(current))),
        "tasks": tuple(
            TaskLine(
                slot=task.slot, node=task.node, state=task.state, said=task.said, current=task in current
            )
            for task in live.tasks
        ),
    }


def _up(live: LiveUnit, now: datetime) -> float | None:
    if live.status is not State.RUNNING or not live.started_at:
        return None
    return max(0.0, round((now - _moment(live.started_at)).total_seconds(), 1))


def _moment(text: str) -> datetime:
    """The engine writes nanoseconds, which Python cannot read."""
    seconds, _, _ = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(seconds).replace(tzinfo=UTC)
