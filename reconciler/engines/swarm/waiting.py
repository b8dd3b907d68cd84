"""Whether a service has come to what it is to be, judged by what the Swarm says of it and of its tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from reconciler.engines.daemon import Json
from reconciler.errors import Unhealthy

_TRIES: Final = 3
"""So many tasks at one place may fail before the service counts as one that does not work."""

_TAKEN_BACK: Final = "rollback_completed"
_GIVEN_UP: Final[Mapping[str, str]] = {
    "paused": "Swarm has paused the update",
    "rollback_paused": "Swarm has paused while it took the update back",
    _TAKEN_BACK: "Swarm has taken the update back",
}
_AIMS: Final = frozenset({"running", "complete"})
"""What a task is meant to come to: a job's is over then."""

_FAILED: Final = frozenset({"failed", "rejected"})
_ENDED: Final = frozenset({"complete", "failed", "orphaned", "rejected", "remove", "shutdown"})
_PARTS: Final = ("ContainerSpec", "Resources", "RestartPolicy", "Networks", "LogDriver", "ForceUpdate")


def failed(tasks: Iterable[Json], before: str = "") -> frozenset[str]:
    """The ids of the tasks that have failed; with a moment, of those made before it."""
    return frozenset(
        task["ID"]
        for task in tasks
        if task["Status"]["State"] in _FAILED
        and (not before or _moment(str(task.get("CreatedAt") or "")) < _moment(before))
    )


def _moment(text: str) -> tuple[str, str]:
    """The engine writes as many digits of a second as it takes."""
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    return seconds, fraction.ljust(9, "0")


def settled(service: Json, tasks: Iterable[Json], nodes: Mapping[str, str], *, back: bool = False) -> bool:
    """Whether all of its tasks run as its spec says; `tasks` without those that failed before.

    `back`: that an update is taken back is what is wanted.

    Raises:
        Unhealthy: Swarm has given up, or the tasks fail again and again; with their words and their nodes.
    """
    mine = [task for task in tasks if _is_current(service, task)]
    update = (service.get("UpdateStatus") or {}).get("State", "")
    if update in _GIVEN_UP and not (back and update == _TAKEN_BACK):
        raise Unhealthy("\n".join([f"{_GIVEN_UP[update]}: {_message(service)}", *failures(tasks, nodes)]))
    tries = _tries(service)
    for several in _by_place(mine).values():
        if len(failed(several)) >= tries:
            name = service["Spec"]["Name"]
            raise Unhealthy("\n".join([f"the tasks of {name} fail", *failures(several, nodes)]))
    if update in {"updating", "rollback_started"}:
        return False
    return running(mine) >= wanted(service, mine, nodes)


def _is_current(service: Json, task: Json) -> bool:
    """Whether a task is of the service as it is now; where it may run changes no task that may stay there.

    Of a job each round counts by itself.
    """
    if (service.get("JobStatus") or {}).get("JobIteration") != task.get("JobIteration"):
        return False
    template = service["Spec"]["TaskTemplate"]
    return all(template.get(part) == task["Spec"].get(part) for part in _PARTS)


def _tries(service: Json) -> int:
    """After how many failures at one place there is nothing more to wait for."""
    policy = service["Spec"]["TaskTemplate"].get("RestartPolicy") or {}
    if policy.get("Condition") == "none":
        return 1
    return min(_TRIES, int(policy.get("MaxAttempts") or _TRIES) + 1)


def _message(service: Json) -> str:
    return str((service.get("UpdateStatus") or {}).get("Message") or "it does not say why")


def progress(service: Json, tasks: Iterable[Json], nodes: Mapping[str, str]) -> str:
    """`2 of 3 run; task 3 on two is preparing`: how far the tasks of the service as it is now have come."""
    mine = [task for task in tasks if _is_current(service, task) and task["DesiredState"] in _AIMS]
    late = [
        f"{_place(task, nodes)} is {task['Status']['State']}"
        for task in mine
        if task["Status"]["State"] != task["DesiredState"]
    ]
    done = "are done" if service.get("JobStatus") else "run"
    return "; ".join([f"{running(mine)} of {wanted(service, mine, nodes)} {done}", *late])


def wanted(service: Json, tasks: Iterable[Json], nodes: Mapping[str, str]) -> int:
    """How many tasks are to run: as many as it says, or one on every node that Swarm has chosen."""
    mode = service["Spec"].get("Mode") or {}
    if "Replicated" in mode:
        return int(mode["Replicated"].get("Replicas") or 0)
    if "ReplicatedJob" in mode:
        return int(mode["ReplicatedJob"].get("TotalCompletions") or 0)
    chosen = {task.get("NodeID") for task in tasks if task["DesiredState"] in _AIMS}
    return max(len(chosen), 1 if nodes else 0)


def running(tasks: Iterable[Json]) -> int:
    """How many run and are to go on, or have done what they were for.

    A task with a health check counts as running once it is healthy.
    """
    return sum(task["DesiredState"] == task["Status"]["State"] in _AIMS for task in tasks)


def ended(task: Json) -> bool:
    """Whether nothing of it runs any more; Swarm keeps what it knows of a task for a while."""
    return task["Status"]["State"] in _ENDED


def standing(tasks: Iterable[Json]) -> tuple[tuple[str, str], ...]:
    """Where the tasks have got to: as long as this changes, something goes on."""
    return tuple(sorted((task["ID"], task["Status"]["State"]) for task in tasks))


def waiting(tasks: Iterable[Json], nodes: Mapping[str, str]) -> list[str]:
    """Why those that are to run do not, and what failed last."""
    late = [
        f"{_place(task, nodes)} is {task['Status']['State']}: {said}"
        for task in tasks
        if task["DesiredState"] in _AIMS
        and task["Status"]["State"] != task["DesiredState"]
        and (said := task["Status"].get("Err") or task["Status"].get("Message"))
    ]
    return [*dict.fromkeys(late)] or failures(tasks, nodes)


def failures(tasks: Iterable[Json], nodes: Mapping[str, str]) -> list[str]:
    """The last words of the task that failed last, at each place."""
    said = []
    for several in _by_place(task for task in tasks if task["Status"]["State"] in _FAILED).values():
        last = max(several, key=lambda task: str(task["Status"].get("Timestamp") or ""))
        why = last["Status"].get("Err") or last["Status"].get("Message") or "without a word"
        said.append(f"{_place(last, nodes)} {last['Status']['State']}: {why}")
    return said


def _by_place(tasks: Iterable[Json]) -> dict[tuple[int, str], list[Json]]:
    """By replica, or by node where a service runs once on each."""
    found: dict[tuple[int, str], list[Json]] = {}
    for task in tasks:
        slot = int(task.get("Slot") or 0)
        found.setdefault((slot, "" if slot else str(task.get("NodeID"))), []).append(task)
    return found


def _place(task: Json, nodes: Mapping[str, str]) -> str:
    node = nodes.get(task.get("NodeID") or "", "")
    slot = f"task {task['Slot']}" if task.get("Slot") else "the task"
    return f"{slot} on {node}" if node else slot
