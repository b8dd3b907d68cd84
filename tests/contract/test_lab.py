"""The lab keeps its promises, so that other tests may rely on it."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
import uuid
from functools import partial
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container

from tests.support import lab
from tests.support.lab import LabEngine
from tests.support.swarm import LabSwarm
from tests.support.waiting import eventually

SERVER = ["sh", "-c", "echo hello >index.html && exec httpd -f -p 80"]


@pytest.fixture
def server(docker_client: docker.DockerClient, stack_name: str) -> Container:
    labels = {lab.STACK_LABEL: stack_name}
    network = docker_client.networks.create(f"{stack_name}-net", labels=labels)
    return docker_client.containers.run(
        "busybox", SERVER, network=network.name, ports={"80/tcp": None}, labels=labels, detach=True
    )


def address_of(container: Container) -> str:
    container.reload()
    (endpoint,) = container.attrs["NetworkSettings"]["Networks"].values()
    return str(endpoint["IPAddress"])


def test_the_engine_is_the_release_the_lab_says(
    lab_engine: LabEngine, docker_client: docker.DockerClient
) -> None:
    assert str(docker_client.version()["Version"]).startswith(lab_engine.version)


def test_published_ports_are_on_localhost_of_the_engine_s_network(
    lab_engine: LabEngine, docker_client: docker.DockerClient, server: Container
) -> None:
    port = docker_client.containers.get(str(server.id)).attrs["NetworkSettings"]["Ports"]["80/tcp"][0][
        "HostPort"
    ]

    def page() -> bytes:
        with lab_engine.network(), urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as response:
            return bytes(response.read())

    assert eventually(lambda: page() == b"hello\n")


def test_a_connection_is_made_from_inside_a_container(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str, server: Container
) -> None:
    labels = {lab.STACK_LABEL: stack_name}
    elsewhere = docker_client.networks.create(f"{stack_name}-else", labels=labels, internal=True)
    near, far = (f"{stack_name}-near", f"{stack_name}-far")
    for name, network in ((near, f"{stack_name}-net"), (far, elsewhere.name)):
        docker_client.containers.run(
            "busybox", ["sleep", "60"], name=name, network=network, labels=labels, detach=True
        )
    assert eventually(lambda: lab_engine.connects(near, address_of(server), 80))
    assert not lab_engine.connects(near, address_of(server), 81)
    assert not lab_engine.connects(far, address_of(server), 80, within=1.0)


def test_the_folder_of_an_engine_can_be_mounted(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    source = lab_engine.folder / stack_name
    source.write_text("from this side")
    try:
        container = docker_client.containers.run(
            "busybox",
            ["sleep", "60"],
            volumes=[f"{source}:/seen:ro"],
            labels={lab.STACK_LABEL: stack_name},
            detach=True,
        )
        assert container.exec_run(["cat", "/seen"]).output == b"from this side"
    finally:
        source.unlink()


def test_a_name_that_is_nobody_s_is_denied_at_once(
    docker_client: docker.DockerClient, server: Container
) -> None:
    code, _ = server.exec_run(["timeout", "2", "nslookup", "nobody-has-this-name"])
    assert code == 1, "124 would say that nobody answered in time"


def test_only_what_carries_the_stack_s_name_is_removed(
    docker_client: docker.DockerClient, stack_name: str
) -> None:
    mine, other = (
        docker_client.volumes.create(
            f"{stack_name}-{label}", labels={lab.STACK_LABEL: f"{stack_name}{label}"}
        )
        for label in ("", "other")
    )
    lab.remove_stack(docker_client, stack_name)
    assert [volume.name for volume in docker_client.volumes.list(filters={"name": stack_name})] == [
        other.name
    ]
    assert mine.name != other.name
    lab.remove_stack(docker_client, f"{stack_name}other")


def test_an_engine_of_one_s_own_survives_the_death_of_its_daemon(own_engine: LabEngine) -> None:
    with own_engine.client() as client:
        client.volumes.create("kept")
    own_engine.script("dkill9")
    own_engine.script("dstart")
    with own_engine.client() as client:
        assert client.volumes.get("kept").name == "kept"
        assert client.images.get("busybox:latest").id


LATE_DOCKERD = """\
#!/usr/bin/python3
# Ends three times as one does that waits in vain for its containerd; then it answers.
import socketserver, sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

tries = Path(__file__).with_name("tries")
with tries.open("a") as file:
    print("once", file=file)
if len(tries.read_text().splitlines()) <= 3:
    sys.exit("failed to start containerd: timeout waiting for containerd to start")

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

path = sys.argv[sys.argv.index("--host") + 1].removeprefix("unix://")
socketserver.UnixStreamServer(path, Handler).serve_forever()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="a private engine needs root")
def test_a_daemon_that_waited_in_vain_for_its_containerd_is_started_once_more(tmp_path: Path) -> None:
    (tmp_path / "dockerd").write_text(LATE_DOCKERD)
    (tmp_path / "dockerd").chmod(0o755)
    around = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "ENGINE_OS": ""}
    name = f"x{uuid.uuid4().hex[:8]}"
    start = partial(
        subprocess.run, [lab.SCRIPT, "start", name], env=around, capture_output=True, text=True, check=False
    )
    try:
        never, late = start(), start()
    finally:
        subprocess.run([lab.SCRIPT, "stop", name], env=around, check=True)
    assert (never.returncode, late.returncode) == (1, 0)
    for ran in (never, late):
        assert f"containerd of {name} was not there in time; starting dockerd once more" in ran.stderr
    assert len((tmp_path / "tries").read_text().splitlines()) == 4


def test_an_engine_of_one_s_own_leaves_nothing(lab_engine: LabEngine) -> None:
    with lab.another(lab_engine) as engine:
        holder = Path(f"/proc/{engine.holder}")
        assert holder.exists()
    assert not holder.exists()
    assert not engine.socket.parent.exists()


def test_no_engine_is_a_failure_only_where_engines_are_required(tmp_path: Path) -> None:
    assert lab.engines({}) == ()
    assert not lab.required({})
    assert lab.required({"CI": "true"})
    assert lab.required({"TOPO_REQUIRE_ENGINES": "1"})


def test_the_lab_s_file_lists_engines_oldest_first(tmp_path: Path) -> None:
    described = {"socket": "/s", "holder": 1, "folder": "/f", "root": ""}
    engines = [{"name": name, "version": name, **described} for name in ("28.5.2", "20.10.24", "9.1")]
    file = tmp_path / "lab.json"
    file.write_text(json.dumps({"engines": engines}))
    assert [engine.version for engine in lab.engines({"TOPO_TEST_LAB": str(file)})] == [
        "9.1",
        "20.10.24",
        "28.5.2",
    ]


def test_tasks_of_a_swarm_are_spread_over_its_nodes_and_hear_each_other(swarm_nodes: LabSwarm) -> None:
    with swarm_nodes.manager.client() as client:
        client.networks.create("near", driver="overlay", attachable=True)
        client.services.create(  # type: ignore[no-untyped-call]  # of the SDK
            "busybox:latest",
            command=["httpd", "-f", "-p", "80"],
            name="web",
            networks=["near"],
            mode=docker.types.ServiceMode("global"),
            endpoint_spec=docker.types.EndpointSpec(mode="dnsrr"),
        )
    tasks = [only_container(node) for node in swarm_nodes.nodes]
    for node, task in zip(swarm_nodes.nodes, tasks, strict=True):
        for other in tasks:
            address = other.attrs["NetworkSettings"]["Networks"]["near"]["IPAddress"]
            assert eventually(partial(node.connects, str(task.id), address, 80))


def only_container(node: LabEngine) -> Container:
    with node.client() as client:
        assert eventually(lambda: len(client.containers.list()) == 1, within=20.0)
        return client.containers.list()[0]


@pytest.fixture
def lost_nodes(request: pytest.FixtureRequest) -> None:
    """What only those tests need that kill a leader, and is half a minute in the making."""
    if not request.config.getoption("--lost-nodes"):
        pytest.skip("takes half a minute: --lost-nodes")


@pytest.mark.usefixtures("lost_nodes")
@pytest.mark.parametrize("swarm_nodes", [3], indirect=True, ids=["three managers"])
def test_three_managers_agree(swarm_nodes: LabSwarm) -> None:
    with swarm_nodes.manager.client() as client:
        managers = [node.attrs["ManagerStatus"]["Reachability"] for node in client.nodes.list()]
    assert managers == ["reachable"] * 3
