"""When a service counts as settled, and what is told of one that does not get there."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.engines.swarm import waiting
from reconciler.errors import Unhealthy

NODES = {"n1": "one", "n2": "two (down)"}
TEMPLATE = {"ContainerSpec": {"Image": "a"}, "ForceUpdate": 0}


def service(replicas: int = 2, update: str = "", message: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {
        "Spec": {"Name": "shop_web", "TaskTemplate": TEMPLATE, "Mode": {"Replicated": {"Replicas": replicas}}}
    }
    return found | ({"UpdateStatus": {"State": update, "Message": message}} if update else {})


def task(state: str, slot: int = 1, node: str = "n1", err: str = "", **more: Any) -> dict[str, Any]:
    return {
        "ID": f"{slot}{state}{node}{err}",
        "Slot": slot,
        "NodeID": node,
        "Spec": TEMPLATE,
        "DesiredState": "running",
        "Status": {"State": state, "Err": err, "Timestamp": "2026"},
    } | more


def test_it_is_settled_once_as_many_run_as_are_asked_for() -> None:
    assert not waiting.settled(service(), [task("running"), task("starting", 2)], NODES)
    assert waiting.settled(service(), [task("running"), task("running", 2)], NODES)


def test_tasks_of_an_older_spec_do_not_count() -> None:
    old = task("running", 2, Spec={**TEMPLATE, "ContainerSpec": {"Image": "b"}})
    assert not waiting.settled(service(), [task("running"), old], NODES)


def test_tasks_that_are_to_stop_do_not_count() -> None:
    assert not waiting.settled(
        service(), [task("running"), task("running", 2, DesiredState="shutdown")], NODES
    )


def test_an_update_under_way_is_waited_for() -> None:
    assert not waiting.settled(service(1, "updating"), [task("running")], NODES)
    assert waiting.settled(service(1, "completed"), [task("running")], NODES)


def test_an_update_that_swarm_gave_up_is_told_with_the_task_its_node_and_its_words() -> None:
    with pytest.raises(Unhealthy) as failure:
        waiting.settled(service(1, "paused", "task 7 failed"), [task("failed", err="exit (3)")], NODES)
    assert str(failure.value) == "Swarm has paused the update: task 7 failed\ntask 1 on one failed: exit (3)"


def test_that_an_update_was_taken_back_is_no_failure_where_that_is_wanted() -> None:
    assert waiting.settled(service(1, "rollback_completed"), [task("running")], NODES, back=True)
    with pytest.raises(Unhealthy, match="Swarm has paused while it took the update back"):
        waiting.settled(service(1, "rollback_paused"), [task("running")], NODES, back=True)


def test_of_an_update_that_is_under_way_already_its_failures_count_and_no_earlier_ones() -> None:
    at = [f"2026-11-26T10:00:05{fraction}Z" for fraction in (".0999", ".1", ".12")]
    tasks = [task("failed", slot, CreatedAt=when) for slot, when in enumerate(at, start=1)]
    assert waiting.failed(tasks, "2026-11-26T10:00:05.1Z") == {tasks[0]["ID"]}
    assert waiting.failed(tasks) == {one["ID"] for one in tasks}


def test_tasks_that_fail_again_and_again_are_not_waited_for() -> None:
    tasks = [task("rejected", err=f"no image {number}", node="n2") for number in range(3)]
    with pytest.raises(Unhealthy, match=r"task 1 on two \(down\) rejected: no image"):
        waiting.settled(service(1), tasks, NODES)


def test_progress_tells_how_many_run_and_where_the_others_are() -> None:
    tasks = [task("running"), task("preparing", 2, "n2"), task("failed", 2, DesiredState="shutdown")]
    assert waiting.progress(service(), tasks, NODES) == "1 of 2 run; task 2 on two (down) is preparing"


def test_what_is_not_started_again_fails_once_only() -> None:
    once = service(1)
    once["Spec"]["TaskTemplate"] = TEMPLATE | {"RestartPolicy": {"Condition": "none"}}
    died = task("failed", err="exit (1)", Spec=once["Spec"]["TaskTemplate"])
    with pytest.raises(Unhealthy, match=r"task 1 on one failed: exit \(1\)"):
        waiting.settled(once, [died], NODES)


def test_a_task_that_waits_says_why() -> None:
    late = task("pending", node="", err="no suitable node (insufficient memory on 1 node)")
    assert waiting.waiting([late], NODES) == [
        "task 1 is pending: no suitable node (insufficient memory on 1 node)"
    ]


def test_a_service_on_every_node_runs_where_swarm_has_chosen() -> None:
    everywhere = service()
    everywhere["Spec"]["Mode"] = {"Global": {}}
    tasks = [task("running", 0), task("starting", 0, "n2")]
    assert not waiting.settled(everywhere, tasks, NODES)
    assert waiting.settled(everywhere, [task("running", 0), task("running", 0, "n2")], NODES)
