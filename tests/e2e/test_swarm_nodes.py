"""Examples on three nodes: served while they change, looked after when a node dies, and gone without a trace.

The proxy is published on each node's own port, for this kernel has no routing mesh: whoever is refused by one
node asks the next, as with several addresses of one name.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.command import topo_on
from tests.support.lab import LabEngine
from tests.support.spread import Spread, spread
from tests.support.swarm import LabSwarm, NoSwarm, three_nodes
from tests.support.waiting import eventually

LONG = "takes half a minute: --lost-nodes"


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """An example; asked for before the Swarm, which nobody need start for one that is skipped."""
    if request.param != "three-tier" and not request.config.getoption("--lost-nodes"):
        pytest.skip(LONG)
    return str(request.param)


@pytest.mark.newest
@pytest.mark.parametrize("name", ["three-tier", "microservices"], indirect=True)
def test_an_example_is_served_by_three_nodes_while_it_changes(
    name: str, swarm_nodes: LabSwarm, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A node dies, and the second example is tried, only with --lost-nodes."""
    with spread(name, swarm_nodes, tmp_path) as example:
        example.done("apply", "--yes")
        example.done("plan", "--detailed-exitcode")
        assert [count(page) for page in example.pages()] == [1, 2, 3]
        proved(example)

        with example.asked() as seen:
            example.released("2")
            example.done("apply", "--yes")
            after = seen.requests + 20
            assert eventually(lambda: seen.requests > after)
        assert seen.faults == []
        whole = set(map(by, seen.answers))
        assert eventually(lambda: set(map(by, example.pages())) < whole), "the old ones still answer"
        if request.config.getoption("--lost-nodes"):
            proxied_anew(example)
            lost(example, swarm_nodes.nodes[2])
        example.done("plan", "--detailed-exitcode")
        gone(example)


def count(page: str) -> int:
    """The first number on a page."""
    (found, *_) = re.findall(r"\d+", page)
    return int(found)


def by(page: str) -> str:
    """Who made a page: a release, or a container."""
    return page.rpartition(" ")[2]


def proved(example: Spread) -> None:
    """Claims and links hold by packets between the nodes; two sentences are about the world beyond them."""
    ran = example.topo("check", "--probe", "--format", "json", *example.ways)
    found = json.loads(ran.out)
    assert ran.code == 0, ran.out
    lines = found["packets"]["lines"]
    assert {"answered", "dropped"} == {one["packets"] for one in lines}
    assert [one for one in lines if not one["agrees"]] == []
    assert {claim["verdict"] for claim in found["claims"]} == {"holds"}
    assert not [one for one in found["packets"]["untried"] if "world" not in one]


def proxied_anew(example: Spread) -> None:
    """Another config for nginx stops it on one node after another."""
    file = example.folder / "swarm-nginx.conf"
    file.write_text(file.read_text().replace("listen 80;", "listen 80; add_header X-Release 2 always;"))
    with example.asked() as seen:
        example.done("apply", "--yes")
    assert seen.faults == []


@contextmanager
def watched(example: Spread) -> Iterator[list[str]]:
    """What `topo watch` says while the block runs."""
    command = [sys.executable, "-m", "cli.main", "watch", "-H", example.swarm.manager.url]
    around = {**os.environ, "HOME": str(example.folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=example.folder, env=around, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as watch:
        try:
            yield lines
        finally:
            watch.terminate()
            assert watch.stdout is not None
            lines.extend(watch.stdout)


def lost(example: Spread, worker: LabEngine) -> None:
    """A worker dies: Swarm moves its tasks, and topo shows it, plans nothing and keeps out of the way."""
    many = sum(state == "running" for _, _, state in example.tasks())

    def moved() -> bool:
        """All of them but its nginx, which each of the others has already."""
        elsewhere = [one for one in example.tasks() if worker.name not in one[1]]
        return sum(state == "running" for _, _, state in elsewhere) == many - 1

    def is_shown() -> bool:
        return f"{worker.name} (down)" in example.topo("status").out

    try:
        with watched(example) as heard:
            worker.script("dkill9")
            assert eventually(is_shown, within=40, every=0.5), example.topo("status").out
            assert eventually(moved, within=40, every=0.5), example.tasks()
            example.done("plan", "--detailed-exitcode")
        assert len([line for line in heard if "watching" in line or "stopped" in line]) == len(heard) == 2
    finally:
        worker.script("dstart")


def gone(example: Spread) -> None:
    """Volumes go where there is a way, and are named where there is none."""
    report = json.loads(example.done("destroy", "--yes", "--volumes", "--format", "json"))
    volume = f"{example.name}_db_data"
    assert report["distant"] == [{"node": example.keeper.name, "volumes": [volume]}]
    assert eventually(lambda: example.left() == [volume], within=20, every=0.5), example.left()
    example.done("destroy", "--yes", "--volumes", *example.ways)
    assert example.left() == []
    with example.swarm.manager.client() as client:
        assert client.secrets.list() == client.configs.list() == client.services.list() == []


@pytest.mark.newest
def test_whoever_waits_for_a_new_leader_is_told_and_goes_on(
    lab_engine: LabEngine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--lost-nodes"):
        pytest.skip(LONG)
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
