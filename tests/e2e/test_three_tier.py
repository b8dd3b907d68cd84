"""The three-tier example does what its page and its claims say, on every engine."""

from __future__ import annotations

import docker

from tests.support.example import CHANGES, host_port, tried
from tests.support.lab import LabEngine
from tests.support.load import load
from tests.support.waiting import eventually


def test_the_page_counts_and_only_the_application_reaches_the_database(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    port = host_port()
    with tried("three-tier", lab_engine, docker_client, stack_name, WEB_PORT=str(port)) as example:
        assert example.topo("check").code == 0
        assert example.topo("plan", "--detailed-exitcode").code == CHANGES
        example.applied()

        assert [example.number(port) for _ in range(3)] == [1, 2, 3]

        database = example.address("db", "db_nw")
        page = example.address("flaskapp", "web_nw")
        assert example.connects("nginx", page, 8000)
        assert example.connects("flaskapp", database, 5432)
        assert not example.connects("nginx", database, 5432)

        with load(lab_engine, port, per_second=30) as seen:
            example.applied(RELEASE="2")
            after = seen.requests + 10
            assert eventually(lambda: seen.requests > after)
        assert seen.faults == []
        assert {said.partition("(")[2] for said in seen.answers} == {"release 1).\n", "release 2).\n"}
        example.proved(RELEASE="2")
        example.destroyed()
