"""The microservices example counts exactly, and goes on while parts of it die."""

from __future__ import annotations

import time

import docker
import pytest

from tests.support.example import Example, host_port, tried
from tests.support.lab import LabEngine
from tests.support.load import load
from tests.support.waiting import eventually

WEB = host_port()
GRACE = 10.0


@pytest.mark.newest
def test_it_counts_exactly_and_nobody_notices_what_dies(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    with tried("microservices", lab_engine, docker_client, stack_name, WEB_PORT=str(WEB)) as example:
        example.applied()
        said = [example.page(WEB) for _ in range(100)]
        assert [line.partition(", by ")[0] for line in said] == [
            f"visit {n}, redis {n}" for n in range(1, 101)
        ]
        assert len({line.partition(", by ")[2] for line in said}) == 3
        assert example.page(WEB, "/counts") == "redis 100, postgres 100\n"
        assert example.page(WEB, "/reset", at="once") == "redis 0, postgres 0\n"

        crash(example, "redis")
        assert example.page(WEB).startswith("visit 1, redis ")
        assert eventually(lambda: "redis away" not in example.page(WEB, "/counts"))
        example.page(WEB)
        assert example.page(WEB, "/counts") == "redis 2, postgres 2\n"

        with load(lab_engine, WEB, per_second=40) as seen:
            assert eventually(lambda: seen.requests > 20)
            docker_client.containers.get(example.container("flaskapp", 2)).kill()
            after = seen.requests + 80
            assert eventually(lambda: seen.requests > after, within=30)
        assert seen.faults == []
        example.applied()
        example.proved()

        for service in ("nginx", "flaskapp", "redis", "db"):
            assert stops(docker_client, example.container(service))
        example.destroyed()


def crash(example: Example, service: str) -> None:
    """The program ends without keeping anything, and not because the engine was told."""
    example.client.containers.get(example.container(service)).exec_run(["redis-cli", "shutdown", "nosave"])


def stops(client: docker.DockerClient, name: str) -> bool:
    """Whether a container ends by itself, within its grace, when it is asked to."""
    container, began = client.containers.get(name), time.monotonic()
    container.stop(timeout=round(GRACE))
    container.reload()
    return time.monotonic() - began < GRACE and container.attrs["State"]["ExitCode"] != 137
