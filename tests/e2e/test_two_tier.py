"""The two-tier example keeps its list, and its database has not even a name for others."""

from __future__ import annotations

import docker
import pytest

from tests.support.example import BROKEN, CHANGES, host_port, tried
from tests.support.lab import LabEngine

AS_FOUND = ("-f", "stack.yml", "-f", "as-found.yml")


@pytest.mark.newest
def test_the_list_is_kept_and_only_the_application_finds_the_database(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    web, database = host_port(0), host_port(1)
    ports = {"WEB_PORT": str(web), "DB_PORT": str(database)}
    with tried("two-tier", lab_engine, docker_client, stack_name, **ports) as example:
        found = example.topo("check", *AS_FOUND)
        assert found.code == BROKEN
        assert "outsider can open elsewhere's gateway" in found.out
        assert "T201: data store todo-mysql is published to everyone" in found.out
        assert example.topo("check").code == 0
        assert example.topo("plan", "--detailed-exitcode").code == CHANGES
        example.applied()

        first = "1. [ ] Say what may reach what\n"
        assert example.page(web) == first
        assert example.page(web, task="Try it") == f"{first}2. [ ] Try it\n"
        ticked = f"{first}2. [x] Try it\n"
        assert example.page(web, "/2/done", at="once") == ticked

        inside = example.address("todo-mysql", "todo-network")
        outside = example.gateway("elsewhere")
        assert example.resolves("todo-app", "todo-mysql") == (inside,)
        assert example.resolves("outsider", "todo-mysql") == ()
        assert not example.connects("outsider", inside, 3306)
        assert not example.connects("outsider", outside, database)
        assert example.host_connects("127.0.0.1", database)

        example.applied(*AS_FOUND)
        assert example.connects("outsider", outside, database)
        example.applied()
        assert not example.connects("outsider", outside, database)
        assert example.page(web) == ticked
        example.proved()
        example.destroyed()
