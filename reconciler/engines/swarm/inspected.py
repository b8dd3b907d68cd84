"""What a Swarm answers → our state. Pure: JSON in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from reconciler import address
from reconciler.address import Address, Kind
from reconciler.engines.daemon import Json
from reconciler.engines.inspected import owned
from reconciler.fields import shared
from reconciler.fields.swarm import OVERLAY, SWARM
from reconciler.record import recorded
from reconciler.state import (
    NO_IMAGE,
    Desired,
    Holder,
    LiveShared,
    LiveUnit,
    Roll,
    Rolling,
    Spec,
    Status,
    Task,
)
from topology.structs import replace

_NOTES: Final = frozenset({address.LOCK, address.HISTORY, address.JOURNAL})
_ROLLS: Final = {
    "updating": Rolling.UNDER_WAY,
    "paused": Rolling.PAUSED,
    "rollback_started": Rolling.GOING_BACK,
    "rollback_paused": Rolling.PAUSED,
    "rollback_completed": Rolling.TAKEN_BACK,
}
_OVER: Final = frozenset({"shutdown", "remove", "orphaned"})
_FAILED: Final = frozenset({"failed", "rejected"})


def units(
    services: Iterable[Json], networks: Mapping[str, str], tasks: Mapping[str, tuple[Task, ...]]
) -> tuple[LiveUnit, ...]:
    """The services of a stack; `networks`: id → name, `tasks`: by the id of the service."""
    found = (
        _unit(raw, at, networks, tasks.get(raw["ID"], ()))
        for raw in services
        if (at := Address.parse(_labels(raw).get(address.ADDRESS, ""))) is not None
        and at.kind is Kind.SERVICE
    )
    return tuple(sorted(found, key=lambda unit: (unit.address.order, unit.created_at, unit.id)))


def _labels(raw: Json) -> Mapping[str, str]:
    return raw["Spec"].get("Labels") or {}


def _unit(raw: Json, at: Address, networks: Mapping[str, str], tasks: tuple[Task, ...]) -> LiveUnit:
    """A service is there or it is not; how its tasks are is the Swarm's work and no drift, but waited for."""
    roll = _roll(raw)
    halted = roll is not None and roll.state is Rolling.PAUSED
    told = recorded(_labels(raw))
    unseen = {row.name: told[row.name] for row in SWARM if row.unseen and told and row.name in told}
    return LiveUnit(
        address=at,
        id=raw["ID"],
        name=raw["Spec"]["Name"],
        spec={**spec_of(raw["Spec"], networks), **unseen},
        recorded=told,
        made=told,
        status=Status.PAUSED if halted else _status(raw, tasks),
        exit_code=0 if _has_done(raw, tasks) else 1,
        error=roll.said if roll and halted else "",
        started_at=str(raw.get("UpdatedAt") or ""),
        created_at=str(raw.get("CreatedAt") or ""),
        tasks=tasks,
        roll=roll,
    )


def _roll(raw: Json) -> Roll | None:
    """What the Swarm is at with a service; of an update that has come to its end there is nothing to say."""
    said: Json = raw.get("UpdateStatus") or {}
    state = _ROLLS.get(str(said.get("State")))
    if state is None:
        return None
    return Roll(state=state, said=str(said.get("Message") or ""), since=str(said.get("StartedAt") or ""))


def _status(raw: Json, tasks: tuple[Task, ...]) -> Status:
    """A job is over once all its tasks have ended, well or not."""
    over = raw.get("JobStatus") and tasks and all(task.state in {"complete", *_FAILED} for task in tasks)
    return Status.EXITED if over else Status.RUNNING


def _has_done(raw: Json, tasks: tuple[Task, ...]) -> bool:
    """Whether a job is done as often as it is to be, or once on each node; tries that failed do not count."""
    if not raw.get("JobStatus"):
        return True
    many = (raw["Spec"]["Mode"].get("ReplicatedJob") or {}).get("TotalCompletions")
    return sum(task.state == "complete" for task in tasks) >= (many or len({task.node for task in tasks}))


def spec_of(said: Json, networks: Mapping[str, str]) -> Spec:
    """What a `ServiceSpec` says, field by field, with networks by their names."""
    named = _by_name(said, networks)
    values = ((row.name, row.read(named, NO_IMAGE)) for row in SWARM)
    return {name: value for name, value in values if value is not None}


def _by_name(said: Json, networks: Mapping[str, str]) -> Json:
    template: Json = dict(said.get("TaskTemplate") or {})
    template["Networks"] = [
        {**one, "Target": networks.get(one["Target"], one["Target"])}
        for one in template.get("Networks") or ()
    ]
    template["ContainerSpec"] = dict(template.get("ContainerSpec") or {})
    return {**said, "TaskTemplate": template}


def tasks(raw: Iterable[Json], nodes: Mapping[str, str]) -> dict[str, tuple[Task, ...]]:
    """By the id of their service, the tasks that tell something: what runs or is to, and what failed last."""
    found: dict[str, list[Task]] = {}
    failed: dict[tuple[str, int, str], Task] = {}
    for one in _last_rounds(list(raw)):
        task, service = _task(one, nodes), str(one["ServiceID"])
        if task.desired not in _OVER:
            found.setdefault(service, []).append(task)
        elif task.state in _FAILED:
            place = (service, task.slot, "" if task.slot else task.node)
            failed[place] = max(failed.get(place, task), task, key=lambda one: one.since)
    for (service, _, _), task in failed.items():
        found.setdefault(service, []).append(task)
    return {service: tuple(sorted(several, key=_order)) for service, several in found.items()}


def _last_rounds(raw: list[Json]) -> list[Json]:
    """Without the tasks of earlier rounds of a job."""
    rounds: dict[str, int] = {}
    for one in raw:
        rounds[one["ServiceID"]] = max(rounds.get(one["ServiceID"], 0), _round(one))
    return [one for one in raw if _round(one) == rounds[one["ServiceID"]]]


def _round(raw: Json) -> int:
    return int((raw.get("JobIteration") or {}).get("Index") or 0)


def _order(task: Task) -> tuple[int, str, str, str]:
    return (task.slot, task.node, task.since, task.id)


def _task(raw: Json, nodes: Mapping[str, str]) -> Task:
    status: Json = raw.get("Status") or {}
    node = str(raw.get("NodeID") or "")
    return Task(
        id=raw["ID"],
        slot=int(raw.get("Slot") or 0),
        node=nodes.get(node, node),
        state=str(status.get("State") or "new"),
        desired=str(raw.get("DesiredState") or ""),
        said=str(status.get("Err") or ""),
        since=str(status.get("Timestamp") or ""),
    )


def nodes(raw: Iterable[Json]) -> dict[str, str]:
    """Id → name of each node, with what keeps it from running tasks."""
    return {one["ID"]: _node(one) for one in raw}


def hostname(raw: Json) -> str:
    """What a node is called."""
    return str((raw.get("Description") or {}).get("Hostname") or raw["ID"])


def _node(raw: Json) -> str:
    name = hostname(raw)
    state = str((raw.get("Status") or {}).get("State") or "")
    availability = str((raw.get("Spec") or {}).get("Availability") or "active")
    words = [state if state != "ready" else "", availability if availability != "active" else ""]
    kept = ", ".join(filter(None, words))
    return f"{name} ({kept})" if kept else name


def holder(raw: Json) -> Holder:
    """What any service keeps others from taking."""
    labels = _labels(raw)
    return Holder(
        id=raw["ID"],
        name=raw["Spec"]["Name"],
        stack=labels.get(address.STACK, ""),
        owner=labels.get(address.OWNER, ""),
        ports=frozenset(
            ("", int(port["PublishedPort"]), str(port.get("Protocol") or "tcp"))
            for port in (raw["Spec"].get("EndpointSpec") or {}).get("Ports") or ()
            if port.get("PublishedPort")
        ),
    )


def live_networks(raw: Iterable[Json], services: Iterable[Json], desired: Desired) -> tuple[LiveShared, ...]:
    """The networks of the Swarm, with the services on them. What is local to a node does not count."""
    members: dict[str, dict[str, str]] = {}
    for service in services:
        for one in (service["Spec"].get("TaskTemplate") or {}).get("Networks") or ():
            members.setdefault(one["Target"], {})[service["ID"]] = service["Spec"]["Name"]
    wants = {want.name: want.spec for want in desired.networks.values()}
    return tuple(
        replace(_network(one, wants.get(one["Name"], {})), members=members.get(one["Id"], {}))
        for one in sorted(raw, key=lambda one: (one["Name"], one["Id"]))
        if one.get("Scope") == "swarm" and not one.get("Ingress")
    )


def _network(raw: Json, want: Spec) -> LiveShared:
    labels: Mapping[str, Any] = raw.get("Labels") or {}
    at = Address.parse(str(labels.get(address.ADDRESS, "")))
    return LiveShared(
        address=at if at is not None and at.kind is Kind.NETWORK else None,
        id=raw["Id"],
        name=raw["Name"],
        spec=shared.read(OVERLAY, raw, want),
        recorded=recorded(labels),
        protect=labels.get(address.PROTECT) == "true",
        owner=str(labels.get(address.OWNER, "")),
        stack=str(labels.get(address.STACK, "")),
    )


def kept(secrets: Iterable[Json], configs: Iterable[Json]) -> tuple[LiveShared, ...]:
    """All secrets and configs, but for what topo keeps there for itself."""
    found = [_kept(raw, Kind.SECRET) for raw in secrets]
    found += [_kept(raw, Kind.CONFIG) for raw in configs if _NOTES.isdisjoint(_labels(raw))]
    return tuple(sorted(found, key=lambda one: (one.kind.value, one.name)))


def _kept(raw: Json, kind: Kind) -> LiveShared:
    labels = _labels(raw)
    at = Address.parse(labels.get(address.ADDRESS, ""))
    return LiveShared(
        address=at if at is not None and at.kind is kind else None,
        id=raw["ID"],
        name=raw["Spec"]["Name"],
        spec={},
        recorded=recorded(labels),
        owner=labels.get(address.OWNER, ""),
        stack=labels.get(address.STACK, ""),
        kind=kind,
    )


def ours(services: Iterable[Json], desired: Desired) -> list[Json]:
    """The services of this stack and this owner."""
    return [raw for raw in services if owned(_labels(raw), desired)]


def digest(image: Json, name: str) -> str:
    """What its registry called an image when it came from there or went there; "" if it never did."""
    path, slash, last = name.rpartition("/")
    repository = path + slash + last.partition(":")[0]
    pairs = (one.partition("@") for one in image.get("RepoDigests") or ())
    return next((found for place, _, found in pairs if place == repository), "")
