"""What `deploy` says to a cluster: kept for a Swarm, told as not applied on one engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from topology.findings import StackError
from topology.graph import topology_of
from topology.load import Loaded, load
from topology.models import Placement, Preference, RestartPolicy
from topology.rules import check

FILE = """\
services:
  web:
    image: busybox
    deploy:
      mode: global
      endpoint_mode: dnsrr
      labels: {a: b}
      placement:
        constraints: [node.role == manager]
        preferences: [{spread: node.labels.zone}]
      restart_policy: {condition: on-failure, delay: 2s, max_attempts: 3}
      resources: {reservations: {cpus: "0.5", memory: 16m}}
      update_config: {failure_action: rollback}
"""


def loaded(folder: Path, engine: str | None = None, head: str = "") -> Loaded:
    (folder / "stack.yml").write_text(head + FILE)
    return load([], environ={}, directory=folder, engine=engine)


def test_a_swarm_is_given_all_of_it(tmp_path: Path) -> None:
    for found in (loaded(tmp_path, "swarm"), loaded(tmp_path, head="engine: swarm\n")):
        web = found.stack.services["web"]
        assert found.findings == ()
        assert (web.mode, web.endpoint_mode, web.service_labels) == ("global", "dnsrr", {"a": "b"})
        assert web.placement == Placement(
            constraints=("node.role == manager",), preferences=(Preference(spread="node.labels.zone"),)
        )
        assert web.restart_policy == RestartPolicy(condition="on-failure", delay=2.0, max_attempts=3)
        assert (web.cpus_reserved, web.mem_reservation) == (0.5, 16 << 20)


def test_one_engine_is_told_what_it_does_not_apply(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    web = found.stack.services["web"]
    assert (web.mode, web.endpoint_mode, web.placement) == ("replicated", None, None)
    assert [one.message.partition(" of ")[0] for one in found.findings] == [
        "deploy.endpoint_mode",
        "deploy.labels",
        "deploy.placement",
        "deploy.restart_policy.delay",
        "deploy.resources.reservations.cpus",
    ]


def test_the_flag_is_stronger_than_the_file(tmp_path: Path) -> None:
    assert loaded(tmp_path, "docker", head="engine: swarm\n").stack.services["web"].placement is None


def test_a_swarm_starts_a_service_again_unless_told_not_to(tmp_path: Path) -> None:
    def told(head: str, restart: str = "") -> bool:
        (tmp_path / "stack.yml").write_text(f"{head}services:\n  web:\n    image: busybox\n{restart}")
        stack = load([], environ={}, directory=tmp_path).stack
        return any(found.code == "T301" for found in check(stack, topology_of(stack)))

    assert told("")
    assert not told("engine: swarm\n")
    assert told("engine: swarm\n", '    restart: "no"\n')


def test_replicas_share_a_published_port_where_each_node_has_it(tmp_path: Path) -> None:
    file = tmp_path / "stack.yml"
    file.write_text('services: {a: {image: x, ports: ["8080:80"], deploy: {replicas: 2}}}')
    load([], environ={}, directory=tmp_path, engine="swarm")
    with pytest.raises(StackError, match="has 2 replicas and only host port 8080"):
        load([], environ={}, directory=tmp_path, engine="docker")


@pytest.mark.parametrize("said", ["deploy: {mode: replicated-job}", "mode: global-job"])
@pytest.mark.parametrize("engine", ["docker", "swarm"])
def test_what_is_meant_to_end_says_so_on_any_engine(tmp_path: Path, said: str, engine: str) -> None:
    (tmp_path / "stack.yml").write_text(f"engine: {engine}\nservices: {{web: {{image: busybox, {said}}}}}\n")
    found = load([], environ={}, directory=tmp_path)
    assert found.findings == ()
    assert found.stack.jobs == {"web"}
    assert not [one for one in check(found.stack, topology_of(found.stack)) if one.code == "T301"]
