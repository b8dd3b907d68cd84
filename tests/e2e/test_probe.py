"""Claims proved by packets: the model is confirmed, what is opened or closed by hand is found."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import pytest
from msgspec import Struct

from tests.support.bench import free_port
from tests.support.command import Ran, process
from tests.support.lab import STACK_LABEL, LabEngine
from tests.support.namespaces import netns

STACK = """\
name: {name}
services:
  front:
    image: busybox:latest
    command: [nc, -ll, -p, "80", -e, echo, front]
    ports: ["{port}:80"]
    networks: [web]
    links: [app]
    stop_signal: SIGKILL
  app:
    image: busybox:latest
    command: [nc, -ll, -p, "8000", -e, echo, app]
    networks: [web, data]
    links: ["db:database"]
    stop_signal: SIGKILL
  db:
    image: busybox:latest
    command: [nc, -ll, -p, "5432", -e, echo, db]
    networks: [data]
    stop_signal: SIGKILL
  beside:
    image: busybox:latest
    command: [sleep, "1000"]
    network_mode: service:db
    stop_signal: SIGKILL
networks:
  web:
  data:
policy:
  claims:
    - front cannot reach db
    - app can reach db on 5432 by name
    - only app, beside can reach db
    - app can reach db on 81
    - db can reach front on 80
    - host can reach db
    - beside can reach app
    - db can reach world
    - app can reach front on 82
    - world can reach front on 80
    - app can reach db on 5300/udp
    - app can reach db on 5301/udp
    - app can reach db on 5302/udp
    - front cannot reach db on 5302/udp
"""


class Shop(Struct, frozen=True):
    """The stack as applied, and a person who looks at it."""

    folder: Path
    engine: LabEngine
    name: str

    def topo(self, *arguments: str) -> Ran:
        return process(self.folder, *arguments, DOCKER_HOST=self.engine.url)

    def probed(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.topo("check", "--probe", "--format", "json").out)
        return found

    def container(self, service: str) -> str:
        return f"{self.name}-{service}-1"

    def address(self, client: docker.DockerClient, service: str) -> str:
        networks = client.api.inspect_container(self.container(service))["NetworkSettings"]["Networks"]
        (found,) = networks.values()
        return str(found["IPAddress"])


@pytest.fixture
def shop(tmp_path: Path, lab_engine: LabEngine, stack_name: str) -> Shop:
    (tmp_path / "stack.yml").write_text(STACK.format(name=stack_name, port=free_port()))
    found = Shop(tmp_path, lab_engine, stack_name)
    assert found.topo("apply", "--yes").code == 0
    return found


@contextmanager
def rule(engine: LabEngine, table: str, chain: str, *words: str) -> Iterator[None]:
    """A rule of the firewall that nobody told topo of, for the length of the block."""
    inside = ["nsenter", "-t", str(engine.holder), "-n", "-m", "iptables", "-t", table]
    subprocess.run([*inside, "-I", chain, *words], check=True)
    try:
        yield
    finally:
        subprocess.run([*inside, "-D", chain, *words], check=True)


@contextmanager
def datagrams(namespace: Path) -> Iterator[None]:
    """During the block somebody takes datagrams there: at 5300 without a word, at 5301 with one."""
    ended = threading.Event()
    with ExitStack() as opened:
        with netns(namespace):
            kinds = (socket.AF_INET, socket.SOCK_DGRAM)
            silent, polite = (opened.enter_context(socket.socket(*kinds)) for _ in range(2))
        silent.bind(("", 5300))
        polite.bind(("", 5301))
        polite.settimeout(0.1)

        def answer() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    polite.sendto(b"here", polite.recvfrom(100)[1])

        answering = threading.Thread(target=answer)
        answering.start()
        try:
            yield
        finally:
            ended.set()
            answering.join()


def everything(client: docker.DockerClient, stack: str) -> list[object]:
    """All that the engine tells of a stack's containers and of its networks."""
    chosen = {"label": f"{STACK_LABEL}={stack}"}
    containers = [client.api.inspect_container(one["Id"]) for one in client.api.containers(filters=chosen)]
    return [containers, sorted(client.api.networks(filters=chosen), key=lambda one: str(one["Name"]))]


def ways(report: dict[str, Any]) -> dict[tuple[str, str, int], set[str]]:
    """Source, target and port → what became of the connections."""
    found: dict[tuple[str, str, int], set[str]] = {}
    for line in report["packets"]["lines"]:
        found.setdefault((line["source"], line["target"], line["port"]), set()).add(line["packets"])
    return found


@pytest.mark.newest
def test_packets_do_what_the_model_says_and_a_hole_or_a_wall_made_by_hand_is_found(
    shop: Shop, docker_client: docker.DockerClient
) -> None:
    before = everything(docker_client, shop.name)
    with datagrams(shop.engine.network_of(shop.container("db"))):
        report = shop.probed()
    assert everything(docker_client, shop.name) == before
    assert [line for line in report["packets"]["lines"] if not line["agrees"]] == []
    assert ways(report) == {
        ("front", "db", 5432): {"dropped"},
        ("app", "db", 5432): {"answered"},
        ("app", "db", 81): {"refused"},
        ("app", "front", 82): {"refused"},
        ("db", "front", 80): {"dropped", "answered"},
        ("host", "db", 5432): {"answered"},
        ("beside", "app", 8000): {"dropped", "answered"},
        ("front", "app", 8000): {"dropped", "answered"},
        ("app", "db", 5300): {"silent"},
        ("app", "db", 5301): {"answered"},
        ("app", "db", 5302): {"refused"},
        ("front", "db", 5302): {"dropped"},
    }
    named = [line["through"].split()[0] for line in report["packets"]["lines"] if "(" in line["through"]]
    assert {"db", "database", "app"} <= set(named)
    nobody, hosts = "nobody here stands beyond this host", "packets go to containers and this host only"
    assert report["packets"]["untried"] == [
        f"world -> db: {nobody}",
        f"db -> world: {hosts}",
        f"world -> front: {nobody}",
    ]
    assert (report["exit_code"], {claim["verdict"] for claim in report["claims"]}) == (0, {"holds"})

    by_helpers = json.loads(shop.topo("check", "--probe-image", "busybox:latest", "--format", "json").out)
    connections = [line for line in report["packets"]["lines"] if line["protocol"] == "tcp"]
    assert sorted(by_helpers["packets"]["lines"], key=str) == sorted(connections, key=str)
    assert "app -> db on 5300/udp: only TCP can be tried like this" in by_helpers["packets"]["untried"]
    assert not docker_client.containers.list(all=True, filters={"label": "topo.probe"})

    front, db = (shop.address(docker_client, one) for one in ("front", "db"))
    there, back = ("-s", front, "-d", db, "-j", "ACCEPT"), ("-s", db, "-d", front, "-j", "ACCEPT")
    with (
        rule(shop.engine, "raw", "PREROUTING", *there),
        rule(shop.engine, "raw", "PREROUTING", *back),
        rule(shop.engine, "filter", "DOCKER-USER", *there),
        rule(shop.engine, "filter", "DOCKER-USER", *back),
        rule(shop.engine, "filter", "DOCKER-USER", "-d", front, "-p", "tcp", "--dport", "82", "-j", "DROP"),
    ):
        docker_client.api.pause(shop.container("app"))
        report = shop.probed()
        docker_client.api.unpause(shop.container("app"))
    verdicts = {claim["text"]: claim["verdict"] for claim in report["claims"]}
    assert report["exit_code"] == 2
    assert verdicts == {
        **dict.fromkeys(verdicts, "holds"),
        "front cannot reach db": "refuted by packets",
        "front cannot reach db on 5302/udp": "refuted by packets",
        "only app, beside can reach db": "refuted by packets",
        "app can reach front on 82": "refuted by packets",
    }
    assert ways(report)["beside", "app", 8000] == {"dropped", "paused"}
    assert shop.topo("check", "--quiet").code == 0
