"""What tasks tell of volumes on nodes that nobody can ask."""

from __future__ import annotations

from typing import Any

from reconciler.engines.swarm.volumes import distant

NODES = {"n2": "two", "n3": "three"}
OURS = {"topo.stack": "shop"}


def task(node: str, *mounts: dict[str, Any], service: str = "s1") -> dict[str, Any]:
    return {"ServiceID": service, "NodeID": node, "Spec": {"ContainerSpec": {"Mounts": list(mounts)}}}


def volume(name: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
    return {"Type": "volume", "Source": name, "VolumeOptions": {"Labels": labels or {}}}


def test_each_node_has_what_tasks_of_the_stack_mounted_there() -> None:
    tasks = [
        task("n3", volume("b", OURS), volume("a", OURS)),
        task("n3", volume("a", OURS)),
        task("n2", volume("a", OURS)),
    ]
    assert distant(tasks, {"s1"}, NODES) == {"three": ("a", "b"), "two": ("a",)}


def test_nodes_that_can_be_asked_and_services_of_others_do_not_count() -> None:
    tasks = [task("n1", volume("a", OURS)), task("n2", volume("a", OURS), service="s9")]
    assert distant(tasks, {"s1"}, NODES) == {}


def test_what_is_nobody_s_or_no_volume_is_left_out() -> None:
    bind = {"Type": "bind", "Source": "/srv"}
    nameless = {"Type": "volume", "VolumeOptions": {"Labels": OURS}}
    unplaced = {"ServiceID": "s1", "Spec": {}}
    assert distant([task("n2", bind, nameless, volume("external")), unplaced], {"s1"}, NODES) == {}
