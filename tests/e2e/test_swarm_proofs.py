"""Three nodes and one manager to talk to: proofs by packets, foreigners, and nodes out of sight."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.support.command import process
from tests.support.namespaces import netns
from tests.support.swarm import LabSwarm
from tests.support.waiting import eventually

pytestmark = [pytest.mark.docker, pytest.mark.newest]

SERVE = {"image": "busybox:latest", "command": ["httpd", "-f", "-p", "80"], "init": True}
HOSTED = [{"target": 80, "published": 8080, "mode": "host"}]
CLAIMS = [
    "web cannot reach db",
    "api can reach db on 80 by name",
    "only api can reach db on 80",
    "db cannot reach host on 2377",
    "host can reach web on 80",
]


def placed(swarm: LabSwarm, number: int) -> dict[str, Any]:
    node = swarm.nodes[number].name
    return {"endpoint_mode": "dnsrr", "placement": {"constraints": [f"node.hostname=={node}"]}}


def written(swarm: LabSwarm, folder: Path) -> None:
    services = {
        "web": {**SERVE, "networks": ["front", "back"], "ports": HOSTED, "links": ["api"]},
        "api": {**SERVE, "networks": ["back", "data"], "links": ["db"]},
        "db": {**SERVE, "networks": ["data"]},
    }
    for number, service in enumerate(services.values()):
        service["deploy"] = placed(swarm, number)
    said = {
        "name": "shop",
        "engine": "swarm",
        "services": services,
        "networks": {"front": {}, "back": {}, "data": {"internal": True}},
        "policy": {"claims": CLAIMS},
    }
    (folder / "stack.yml").write_text(json.dumps(said))


def checked(folder: Path, swarm: LabSwarm, *flags: str) -> tuple[int, dict[str, Any]]:
    ran = process(folder, "check", "-H", swarm.manager.url, "--format", "json", *flags)
    assert ran.out, ran.err
    return ran.code, json.loads(ran.out)


def messages(report: dict[str, Any], *codes: str) -> list[str]:
    return [one["message"] for one in report["findings"] if one["code"] in codes]


def ways(swarm: LabSwarm) -> list[str]:
    return [word for node in swarm.nodes[1:] for word in ("--node", node.url)]


def test_what_runs_on_three_nodes_is_proved_by_packets(swarm_nodes: LabSwarm, tmp_path: Path) -> None:
    written(swarm_nodes, tmp_path)
    ran = process(tmp_path, "apply", "-y", "-H", swarm_nodes.manager.url)
    assert ran.code == 0, ran.err

    code, report = checked(tmp_path, swarm_nodes, "--probe", *ways(swarm_nodes))
    tried = {(one["source"], one["target"], one["packets"]) for one in report["packets"]["lines"]}
    assert (code, messages(report, "T409", "T410", "T411")) == (0, [])
    assert {("web", "db", "dropped"), ("api", "db", "answered"), ("web", "api", "answered")} <= tried
    assert {("host", "web", "answered"), ("db", "host", "dropped")} <= tried
    assert report["packets"]["untried"] == ["world -> db: nobody here stands beyond this host"]

    code, report = checked(tmp_path, swarm_nodes, "--probe")
    away = " and ".join(node.name for node in swarm_nodes.nodes[1:])
    assert code == 0
    assert (
        f"web -> api: no way to node {swarm_nodes.nodes[1].name}; --node URL gives one"
        in (report["packets"]["untried"])
    )
    assert messages(report, "T411") == [f"containers beside the tasks are not known on {away}"]

    _spoil(swarm_nodes)
    code, report = checked(tmp_path, swarm_nodes, "--probe", *ways(swarm_nodes))
    assert code == 2
    assert {
        "claim broken: only api can reach db on 80",
        "foreign container plain has joined back",
        "foreign service spy has joined data",
        "port 8080:80/tcp of web is held by plain",
    } <= set(messages(report, "T101", "T401", "T404"))
    assert messages(report, "T410")


def _spoil(swarm: LabSwarm) -> None:
    """Others join the stack's networks, and db's node closes what the model takes for open."""
    manager, far, farther = swarm.nodes
    with manager.client() as client:
        client.services.create(  # type: ignore[no-untyped-call]  # of the SDK
            "busybox:latest",
            name="spy",
            command=["sleep", "600"],
            networks=["shop_data"],
            endpoint_spec=docker.types.EndpointSpec(mode="dnsrr"),
        )
        (spy,) = client.services.list(filters={"name": "spy"})
        assert eventually(lambda: [one["Status"]["State"] for one in spy.tasks()] == ["running"], within=30.0)  # type: ignore[no-untyped-call]  # of the SDK
    with far.client() as client:
        client.containers.run(
            "busybox:latest",
            ["sleep", "600"],
            name="plain",
            network="shop_back",
            ports={"80": 8080},
            detach=True,
        )
    with farther.client() as client:
        (db,) = client.containers.list(filters={"name": "shop_db"})
    with netns(farther.network_of(str(db.id))):
        subprocess.run(["iptables", "-I", "INPUT", "-p", "tcp", "--dport", "80", "-j", "DROP"], check=True)
