"""Which laws of the suite hold where a unit is a service, and why the others are of containers alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

FOR_SERVICES: Final = {
    "drift": "services: what somebody did by hand is named by field and repaired",
    "faults": "services: the next apply makes good whatever failed",
    "fields": "service_fields: each field is set, kept, changed and lifted",
    "foreign": "services: neighbours do not notice a stack",
    "history": "services: the newest two that differ are kept",
    "kill": "services: a change that was killed is finished by the next",
    "lease": "services: one of many holds the lock",
    "protection": "services: what is protected is neither removed nor made anew",
    "protocol": "services: a cluster has the calls of the protocol and no others",
    "readonly": "services: a plan only looks",
    "registry": "service_images: one image on all nodes",
    "rollout": "tests/e2e/test_swarm_updates.py: Swarm replaces, and topo watches",
    "sequences": "services: faults, kills and drift between two versions",
    "service_fields": "itself",
    "service_images": "itself",
    "services": "itself",
}
"""Module → where a Swarm is held to the same."""

OF_CONTAINERS: Final = {
    "addresses": "trait: a service gives no container an address of its own",
    "adoption": "trait: a service carries its labels itself; taking over is refused with a remedy",
    "containers": "trait: topo makes no containers on a Swarm",
    "contents": "trait: secrets and configs are the Swarm's; services tries how they change",
    "events": "trait: the container's life is the Swarm's work",
    "health": "trait: a task runs once it is healthy; nobody asks its container",
    "images": "trait: nodes fetch images and tell no manager what they give",
    "importing": "trait: no file is written from services yet; refused with a remedy",
    "limits": "trait: a service takes every limit in an update; service_fields tries them",
    "live": "trait: what people do to containers of one engine",
    "moving": "trait: a task never changes its networks; it is replaced",
    "namespaces": "trait: tasks share no namespaces; refused with its line",
    "networks": "trait: bridges end at their node",
    "ports": "trait: the Swarm holds the ports of all nodes",
    "ranges": "trait: a published range is refused with its line",
    "ready": "trait: a task counts by its health check; `ready` is refused with its line",
    "script": "trait: what a Swarm is told cannot be written as docker commands",
    "subnets": "trait: the Swarm gives subnets to overlays",
    "unseen": "trait: containers of one engine",
    "volumes": "trait: a volume is made on whichever node runs a task",
}
"""Module → by which trait it does not concern services."""


def test_each_module_stands_on_one_side() -> None:
    modules = {file.stem.removeprefix("test_") for file in Path(__file__).parent.glob("test_*.py")}
    assert {*FOR_SERVICES, *OF_CONTAINERS} <= modules
    assert not FOR_SERVICES.keys() & OF_CONTAINERS.keys()


@pytest.mark.parametrize("module", OF_CONTAINERS)
def test_it_is_of_containers_alone(module: str) -> None:
    pytest.skip(OF_CONTAINERS[module])
