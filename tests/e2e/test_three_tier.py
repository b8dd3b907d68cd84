"""The three-tier example does what its page and its claims say, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import docker
import pytest
from docker.errors import NotFound

from tests.support import lab
from tests.support.example import CHANGES, UNCHANGED, Example, host_port, tried
from tests.support.lab import LabEngine
from tests.support.load import load
from tests.support.waiting import eventually

IMAGES = ("nginx:alpine", "postgres:15-alpine", "python:3.11-slim")


def test_the_page_counts_and_only_the_application_reaches_the_database(lab_engine: LabEngine) -> None:
    """From nothing, as the file says: the engine is empty, and the images are pulled."""
    port = 8080
    with (
        lab.mirrored(lab_engine, *IMAGES) as engine,
        engine.client() as client,
        tried("three-tier", engine, client, "three-tier") as example,
    ):
        assert client.images.list() == []
        assert example.topo("check").code == 0
        planned = example.topo("plan", "--detailed-exitcode")
        assert planned.code == CHANGES
        example.applied()
        digests = {client.images.get(image).attrs["RepoDigests"][0].partition("@")[0] for image in IMAGES[:2]}
        assert digests == {"nginx", "postgres"}

        assert [example.number(port) for _ in range(3)] == [1, 2, 3]

        database = example.address("db", "db_nw")
        page = example.address("flaskapp", "web_nw")
        assert example.connects("nginx", page, 8000)
        assert example.connects("flaskapp", database, 5432)
        assert not example.connects("nginx", database, 5432)

        with load(engine, port, per_second=30) as seen:
            example.applied(RELEASE="2")
            after = seen.requests + 10
            assert eventually(lambda: seen.requests > after)
        assert seen.faults == []
        assert {said.partition("(")[2] for said in seen.answers} == {"release 1).\n", "release 2).\n"}
        example.proved(RELEASE="2")
        example.destroyed()


MOVED = ("-f", "moved.yml")


@contextmanager
def as_before(example: Example, port: int) -> Iterator[list[str]]:
    """What `before.sh` runs, under names of its own; the image has the packages, so nothing is built."""
    names = [f"{example.stack}-old-{name}" for name in ("db", "flaskapp", "nginx")]
    database, application, proxy = names
    address, password = "counter:for-trying-out-only@database", "for-trying-out-only"
    run = example.client.containers.run
    config, data = example.folder / "nginx.conf", f"{example.stack}-old-data"
    config.write_text(config.read_text().replace("flaskapp:8000", f"{application}:8000"))
    try:
        store = run(
            "postgres:15-alpine",
            name=database,
            detach=True,
            environment={"POSTGRES_USER": "counter", "POSTGRES_PASSWORD": password},
            volumes=[f"{data}:/var/lib/postgresql/data"],
        )
        assert eventually(lambda: not store.exec_run(["pg_isready", "-h", "127.0.0.1"])[0], within=60)
        run(
            "python:3.11-slim",
            ["python", "-m", "gunicorn", "--bind", "0.0.0.0:8000", "app:app"],
            name=application,
            detach=True,
            environment={"DATABASE_URL": f"postgresql://{address}/counter"},
            links={database: "database"},
            volumes=[f"{example.folder}/web:/srv:ro"],
            working_dir="/srv",
        )
        run(
            "nginx:alpine",
            name=proxy,
            detach=True,
            links={application: application},
            ports={"80/tcp": port},
            volumes=[f"{config}:/etc/nginx/conf.d/default.conf:ro"],
        )
        yield names
    finally:
        for name in names:
            with suppress(NotFound):
                example.client.api.remove_container(name, force=True, v=True)
        example.client.api.remove_volume(data)


def counted(example: Example, port: int) -> int:
    """What the first page says that is answered at all."""
    seen: list[int] = []

    def is_answered() -> bool:
        seen.append(example.number(port))
        return True

    assert eventually(is_answered, within=30)
    return seen[0]


@pytest.mark.newest
def test_legacy_links_become_networks_and_the_counter_goes_on(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    port = host_port(1)
    with (
        tried("three-tier", lab_engine, docker_client, stack_name) as example,
        as_before(example, port) as names,
    ):
        database, application, proxy = names
        counter = [counted(example, port) for _ in range(3)][-1]
        before = docker_client.containers.get(database).id
        reached = docker_client.api.inspect_container(database)["NetworkSettings"]["Networks"]["bridge"]
        assert lab_engine.connects(proxy, reached["IPAddress"], 5432)

        assert example.topo("import", "--live", *names, "-o", "found.yml").code == 0
        assert "for-trying-out-only" not in (example.folder / "found.yml").read_text()
        assert (
            f"edge proxy {proxy} can reach data store {database}"
            in example.topo("check", "-f", "found.yml").out
        )
        assert example.topo("suggest", "-f", "found.yml", "-o", "moved.yml").code == 0
        assert example.topo("check", *MOVED).code == 0
        assert example.topo("adopt", "--yes", *MOVED).code == 0
        # A legacy link is a line in /etc/hosts, which only a new container loses.
        for name in (application, proxy):
            ran = example.topo("apply", "--yes", "--replace", name, *MOVED)
            assert ran.code == 0, ran.out + ran.err
        assert example.topo("plan", "--detailed-exitcode", *MOVED).code == UNCHANGED

        assert docker_client.containers.get(database).id == before
        assert counted(example, port) > counter
        networks = docker_client.api.inspect_container(database)["NetworkSettings"]["Networks"]
        assert networks.keys().isdisjoint({"bridge"})
        assert not any(lab_engine.connects(proxy, one["IPAddress"], 5432) for one in networks.values())
        assert example.topo("destroy", "--yes", "--volumes", *MOVED).code == 0
        assert docker_client.volumes.get(f"{stack_name}-old-data")
