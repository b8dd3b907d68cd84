"""A stack on three nodes: served while it changes, looked after when a node dies, and gone without a trace.

nginx is published on the nodes that run it, for this kernel has no routing mesh; what is behind it is found
by names that lead to the tasks. Its own replacement starts on a node that is free: whoever is refused by one
node asks the next, as with several addresses of one name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import lab
from tests.support.command import Ran, topo_on
from tests.support.lab import LabEngine
from tests.support.load import Load, load_on
from tests.support.swarm import LabSwarm, NoSwarm, three_nodes
from tests.support.waiting import eventually

RATE = 40.0
PORT = 8080

STACK = """\
name: spread
services:
  web:
    image: nginx:alpine
    environment: {RELEASE: "%(web)s"}
    stop_signal: SIGQUIT
    stop_grace_period: 3s
    networks: [web_nw]
    links: [app]
    configs: [{source: nginx, target: /etc/nginx/conf.d/default.conf}]
    ports: [{target: 80, published: 8080, mode: host}]
    healthcheck: {test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1/healthz"], interval: 300ms}
    deploy:
      replicas: 2
      endpoint_mode: dnsrr
      placement: {max_replicas_per_node: 1}
      update_config: {order: start-first, monitor: 100ms}
      restart_policy: {delay: 0s}
  app:
    image: busybox:latest
    command: [httpd, -f, -p, "8000", -h, /srv]
    stop_grace_period: 2s
    networks: [web_nw, db_nw]
    links: [db]
    configs: [{source: page, target: /srv/index.html}]
    healthcheck: {test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8000/"], interval: 300ms}
    deploy:
      replicas: 3
      endpoint_mode: dnsrr
      update_config: {order: start-first, monitor: 100ms}
      restart_policy: {delay: 0s}
  db:
    image: busybox:latest
    command: [httpd, -f, -p, "5432"]
    stop_signal: SIGKILL
    networks: [db_nw]
    volumes: ["data:/data"]
    secrets: [pw]
    deploy:
      endpoint_mode: dnsrr
      placement: {constraints: [node.role == manager]}
networks:
  web_nw:
  db_nw: {internal: true}
volumes:
  data:
secrets:
  pw: {file: pw.txt}
configs:
  page: {content: "version %(page)s"}
  nginx:
    content: |
      server {
          listen 80;
          resolver 127.0.0.11 valid=1s;
          location / { set $$app http://app:8000; proxy_pass $$app; proxy_connect_timeout 1s; }
          location = /healthz { return 200 "ok"; }
      }
policy:
  default: deny
  claims:
    - web cannot reach db
    - only app can reach db
"""


def run(folder: Path, on: LabSwarm, command: str, **said: str) -> Ran:
    if said:
        (folder / "pw.txt").write_text("geheim")
        (folder / "stack.yml").write_text(STACK % said)
    return topo_on(on.manager.url, folder, *command.split(), "--engine", "swarm")


def done(folder: Path, on: LabSwarm, command: str, **said: str) -> str:
    ran = run(folder, on, command, **said)
    assert ran.code == 0, ran.out + ran.err
    return ran.out


@contextmanager
def asked(on: LabSwarm) -> Iterator[Load]:
    with load_on(on.outside, [on.address(node) for node in on.nodes], PORT, per_second=RATE) as seen:
        yield seen


@contextmanager
def watched(folder: Path, on: LabSwarm) -> Iterator[list[str]]:
    """What `topo watch` says while the block runs."""
    command = [sys.executable, "-m", "cli.main", "watch", "--engine", "swarm", "-H", on.manager.url]
    around = {**os.environ, "HOME": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=folder, env=around, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as watch:
        try:
            yield lines
        finally:
            watch.terminate()
            assert watch.stdout is not None
            lines.extend(watch.stdout)


def tasks(folder: Path, on: LabSwarm) -> list[tuple[str, str, str]]:
    """Service, node and state of each task, as `topo status` tells them."""
    units = json.loads(run(folder, on, "status --format json").out)["units"]
    return [(unit["service"], task["node"], task["state"]) for unit in units for task in unit["tasks"]]


def left_on(node: LabEngine) -> list[str]:
    with node.client() as client:
        containers = [str(one.name) for one in client.containers.list(all=True, ignore_removed=True)]
        networks = [one["Name"] for one in client.api.networks() if one["Name"].startswith("spread")]
    return [*containers, *networks]


def lost(folder: Path, on: LabSwarm, worker: LabEngine) -> None:
    """A worker dies: Swarm moves its tasks, and topo shows it, plans nothing and keeps out of the way."""

    def moved() -> bool:
        elsewhere = [one for one in tasks(folder, on) if worker.name not in one[1]]
        return sum(state == "running" for _, _, state in elsewhere) == 6

    try:
        with watched(folder, on) as heard:
            worker.script("dkill9")
            assert eventually(moved, within=40, every=0.5), tasks(folder, on)
            assert f"{worker.name} (down)" in run(folder, on, "status").out
            done(folder, on, "plan --detailed-exitcode")
        assert len([line for line in heard if "watching" in line or "stopped" in line]) == len(heard) == 2
    finally:
        worker.script("dstart")


@pytest.mark.newest
def test_a_stack_is_served_while_it_changes_and_while_a_node_dies(
    swarm_nodes: LabSwarm, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Its proxy is replaced, and a node dies, only with --lost-nodes."""
    on = swarm_nodes
    lab.copy_image("nginx:alpine", lab.engines()[-1], *on.nodes)
    done(tmp_path, on, "apply -y", web="1", page="1")
    assert len({node for name, node, _ in tasks(tmp_path, on) if "web" in name}) == 2

    with asked(on) as seen:
        done(tmp_path, on, "apply -y", web="1", page="2")
    assert seen.faults == []
    assert set(seen.answers) == {"version 1", "version 2"}
    if request.config.getoption("--lost-nodes"):
        with asked(on) as seen:
            done(tmp_path, on, "apply -y", web="2", page="2")
        assert seen.faults == []
        assert seen.answers["version 2"] > 20
        lost(tmp_path, on, on.nodes[1])
    done(tmp_path, on, "plan --detailed-exitcode")

    done(tmp_path, on, "destroy -y --volumes")
    gone = eventually(lambda: not any(map(left_on, on.nodes)), within=20, every=0.5)
    assert gone, [left_on(node) for node in on.nodes]
    with on.manager.client() as client:
        assert client.secrets.list() == client.configs.list() == client.services.list() == []


@pytest.mark.newest
def test_whoever_waits_for_a_new_leader_is_told_and_goes_on(
    lab_engine: LabEngine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--lost-nodes"):
        pytest.skip("takes half a minute: --lost-nodes")
    try:
        with three_nodes(lab_engine, managers=3) as on:
            with on.manager.client() as client:
                (leads,) = [
                    node.attrs["Description"]["Hostname"]
                    for node in client.nodes.list()
                    if node.attrs["ManagerStatus"].get("Leader")
                ]
            other = next(node for node in on.nodes if node.name != leads)
            service = {"image": "busybox:latest", "command": ["sleep", "1000"], "stop_signal": "SIGKILL"}
            (tmp_path / "stack.yml").write_text(json.dumps({"name": "led", "services": {"a": service}}))
            on.node(leads).script("dkill9")
            ran = topo_on(other.url, tmp_path, "apply", "-y", "--engine", "swarm")
            assert ran.code == 0, ran.out + ran.err
            assert "waiting: the managers of the Swarm do not answer yet" in ran.err
            planned = topo_on(other.url, tmp_path, "plan", "--detailed-exitcode", "--engine", "swarm")
            assert planned.code == 0, planned.out
    except NoSwarm as error:
        pytest.skip(f"no Swarm of three nodes: {error}")
