"""Five ways to connect containers, each tried with real requests, names and packets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest

from tests.support.example import Example, host_port, tried
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

WEB, REDIS = host_port(0), host_port(1)


@pytest.fixture
def example(lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str) -> Iterator[Example]:
    ports = {"WEB_PORT": str(WEB), "REDIS_PORT": str(REDIS)}
    with tried("connecting-containers", lab_engine, docker_client, stack_name, **ports) as example:
        yield example


def counted(example: Example, file: str, by: str, **variables: str) -> None:
    """The stack is applied, and its page counts, by way of that name."""
    example.applied("-f", file, **variables)
    example.proved("-f", file, **variables)
    assert example.page(WEB) == f"visitor 1, by way of {by}\n"
    assert example.page(WEB) == f"visitor 2, by way of {by}\n"


def identity(example: Example, service: str) -> tuple[str, str]:
    """Which container it is, and since when it runs."""
    seen = example.client.api.inspect_container(example.container(service))
    return seen["Id"], seen["State"]["StartedAt"]


@pytest.mark.newest
def test_through_the_host(example: Example) -> None:
    found = example.topo("check", "-f", "1-published.yml")
    assert "T201: data store redis is published to everyone" in found.out
    counted(example, "1-published.yml", "host.docker.internal")
    assert not example.connects("page", example.address("redis", "back"), 6379)
    assert example.connects("page", example.gateway("front"), REDIS)
    example.destroyed("-f", "1-published.yml")


@contextmanager
def following(example: Example, *arguments: str) -> Iterator[None]:
    """A command that runs until the end of the block, and then ends on SIGTERM."""
    command = [sys.executable, "-m", "cli.main", *arguments, "-p", example.stack]
    paths = os.pathsep.join(sys.path)
    around = {**os.environ, **example.variables, "DOCKER_HOST": example.engine.url, "PYTHONPATH": paths}
    running = subprocess.Popen(command, cwd=example.folder, env=around)
    try:
        yield
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) == 0
    finally:
        running.kill()
        running.wait()


@pytest.mark.newest
def test_by_a_name_that_follows_the_container_inside_and_outside(example: Example) -> None:
    counted(example, "2-names.yml", "store")
    long = f"{example.stack}.redis.containers.local"
    first = example.address("redis", "shared")
    for name in ("redis", "store", f"{example.stack}.redis", long):
        assert example.resolves("page", name) == (first,)

    hosts = Path(example.folder, "hosts")
    with following(example, "dns", "-f", "2-names.yml", "--watch", "-o", "hosts"):
        assert eventually(lambda: f"{first}\t" in hosts.read_text())
        stopped = example.client.containers.get(example.container("redis"))
        stopped.stop(timeout=1)
        assert eventually(lambda: long not in hosts.read_text())
        taken = example.client.containers.run(
            "busybox:latest",
            ["sleep", "1000"],
            detach=True,
            labels={"topo.stack": example.stack},
            network=f"{example.stack}_shared",
        )
        stopped.start()
        second = example.address("redis", "shared")
        assert second != first
        line = f"{second}\t{example.stack}.redis {long} {example.container('redis')}\n"
        assert eventually(lambda: line in hosts.read_text())
    assert example.resolves("page", long) == (second,)
    assert example.page(WEB) == "visitor 1, by way of store\n"
    taken.remove(force=True)
    example.destroyed("-f", "2-names.yml")


@pytest.mark.newest
def test_by_a_second_interface_with_a_chosen_address(example: Example) -> None:
    counted(example, "3-interface.yml", "10.77.7.2")
    assert example.address("page", "wired") == "10.77.7.3"
    example.destroyed("-f", "3-interface.yml")


@pytest.mark.newest
def test_by_a_link_that_tells_where_it_leads_and_no_secret(example: Example) -> None:
    counted(example, "4-links.yml", "redis")
    seen = example.client.api.inspect_container(example.container("page"))["Config"]["Env"]
    told = dict(pair.split("=", 1) for pair in seen)
    assert told["REDIS_NAME"] == "/page/redis"
    assert told["REDIS_PORT_6379_TCP_PROTO"] == "tcp"
    assert "nobody-else-gets-this" not in str(told)
    example.destroyed("-f", "4-links.yml")


@pytest.mark.newest
def test_by_an_ambassador_one_port_is_reached_and_one_way_only(example: Example) -> None:
    file = ("-f", "5-ambassador.yml")
    counted(example, file[1], "redis")
    example.proved(*file)
    page, proxy = "page", "page-to-redis"
    near = example.address(proxy, "page-to-redis")
    assert example.resolves(page, "redis") == (near,)
    assert example.connects(page, near, 6379)
    assert not example.connects(page, near, 8000)
    assert not example.connects(page, example.address("redis-a", "redis-a"), 6379)
    assert not example.connects("redis-a", example.address(page, "page-to-redis"), 8000)

    before = identity(example, page), identity(example, proxy)
    example.applied(*file, SERVER="redis-b")
    assert (identity(example, page), identity(example, proxy)) == before
    assert example.page(WEB) == "visitor 1, by way of redis\n"

    both = {"SERVER": "redis-b", "VIA": "ambassadors"}
    example.applied(*file, **both)
    example.proved(*file, **both)
    assert identity(example, page) == before[0]
    assert example.page(WEB) == "visitor 2, by way of redis\n"
    far = example.address("redis-for-page", "page-to-redis-between")
    assert not example.connects(page, far, 6379)
    example.destroyed(*file)
