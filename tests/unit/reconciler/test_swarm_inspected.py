"""What a Swarm answers, as units, tasks and nodes."""

from __future__ import annotations

from typing import Any

from reconciler.engines.swarm import inspected

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
    raw: dict[str, Any] = {
        "ID": "s",
        "Spec": {"Name": "shop_web", "Labels": {"topo.address": "service.web"}, "TaskTemplate": {}},
    }
    (unit,) = inspected.units([raw], {}, {})
    assert (str(unit.address), unit.status.value) == ("service.web", "running")
    (unit,) = inspected.units([raw | {"UpdateStatus": {"State": "paused", "Message": "why"}}], {}, {})
    assert (unit.status.value, unit.error) == ("paused", "why")
