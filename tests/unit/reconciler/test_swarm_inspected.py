"""What a Swarm answers, as units, tasks and nodes."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.engines.swarm import inspected

SERVICE: dict[str, Any] = {
    "ID": "s",
    "Spec": {"Name": "shop_web", "Labels": {"topo.address": "service.web"}, "TaskTemplate": {}},
}
NODES = [
    {"ID": "n1", "Description": {"Hostname": "one"}, "Status": {"State": "ready"}, "Spec": {}},
    {
        "ID": "n2",
        "Description": {"Hostname": "two"},
        "Status": {"State": "down"},
        "Spec": {"Availability": "drain"},
    },
]


def task(name: str, state: str, desired: str, at: str, slot: int = 1, node: str = "n1") -> dict[str, Any]:
    return {
        "ID": name,
        "ServiceID": "s",
        "Slot": slot,
        "NodeID": node,
        "DesiredState": desired,
        "Status": {"State": state, "Timestamp": at, "Err": f"{name} failed" if state == "failed" else ""},
    }


def test_a_node_says_why_it_takes_no_tasks() -> None:
    assert inspected.nodes(NODES) == {"n1": "one", "n2": "two (down, drain)"}


def test_of_what_has_ended_only_the_last_failure_at_each_place_is_told() -> None:
    raw = [
        task("a", "failed", "shutdown", "1"),
        task("b", "failed", "shutdown", "2"),
        task("c", "running", "running", "3"),
        task("d", "shutdown", "shutdown", "4"),
        task("e", "pending", "running", "5", slot=2, node=""),
    ]
    (told,) = inspected.tasks(raw, inspected.nodes(NODES)).values()
    assert [(one.id, one.node, one.said) for one in told] == [
        ("b", "one", "b failed"),
        ("c", "one", ""),
        ("e", "", ""),
    ]


def test_what_is_paused_by_swarm_is_told_and_all_else_is_there() -> None:
    (unit,) = inspected.units([SERVICE], {}, {})
    assert (str(unit.address), unit.status.value) == ("service.web", "running")
    (unit,) = inspected.units([SERVICE | {"UpdateStatus": {"State": "paused", "Message": "why"}}], {}, {})
    assert (unit.status.value, unit.error) == ("paused", "why")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("updating", "updating"),
        ("paused", "update paused"),
        ("rollback_started", "rolling back"),
        ("rollback_paused", "update paused"),
        ("rollback_completed", "rolled back"),
    ],
)
def test_an_update_that_is_not_at_its_end_is_told_with_when_it_began(said: str, told: str) -> None:
    update = {"State": said, "Message": "why", "StartedAt": "2026"}
    (unit,) = inspected.units([SERVICE | {"UpdateStatus": update}], {}, {})
    assert unit.roll is not None
    assert (unit.roll.state.value, unit.roll.said, unit.roll.since) == (told, "why", "2026")


def test_of_an_update_at_its_end_there_is_nothing_to_say() -> None:
    (unit,) = inspected.units([SERVICE | {"UpdateStatus": {"State": "completed"}}], {}, {})
    assert unit.roll is None
