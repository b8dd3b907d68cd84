"""`topo import --live`: from containers with --link to two networks, and the database keeps what it has."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.models.containers import Container

from cli.exits import Exit
from reconciler.engines.memory import MemoryDaemon, anything
from tests.support.command import Ran, process, topo
from tests.support.lab import LabEngine

PASSWORD = "pa$s'word"  # noqa: S105  # of nothing


@pytest.fixture
def three(docker_client: docker.DockerClient, stack_name: str) -> Iterator[list[Container]]:
    """nginx, flaskapp and a database as tutorials start them; the database has kept something."""
    db, app, web = (f"{stack_name}-{name}" for name in ("db", "app", "web"))

    def started(name: str, command: str = "exec sleep 1000", **more: Any) -> Container:
        made: Container = docker_client.containers.run(
            "busybox:latest",
            ["sh", "-c", command],
            name=name,
            detach=True,
            stop_signal="SIGKILL",
            **more,
        )
        return made

    data = {f"{stack_name}-data": {"bind": "/data", "mode": "rw"}}
    keep = "[ -e /data/born ] || date > /data/born; exec sleep 1000"
    found = [
        started(db, keep, environment={"DB_PASSWORD": PASSWORD}, volumes=data),
        started(app, links={db: "database"}, environment={"DB_HOST": "database"}, mem_limit="32m"),
        started(web, links={app: app}),
    ]
    yield found
    for container in docker_client.containers.list(all=True, filters={"name": f"^{stack_name}-"}):
        container.remove(force=True)
    docker_client.volumes.get(f"{stack_name}-data").remove()


def test_three_linked_containers_become_a_stack_on_two_networks(
    three: list[Container],
    lab_engine: LabEngine,
    docker_client: docker.DockerClient,
    stack_name: str,
    tmp_path: Path,
) -> None:
    def run(*arguments: str) -> Ran:
        return process(tmp_path, *arguments, DOCKER_HOST=lab_engine.url)

    def born(container: str) -> str:
        return str(docker_client.containers.get(container).exec_run(["cat", "/data/born"]).output)

    db, app, web = (str(one.name) for one in three)
    before = born(db)
    ran = run("import", "--live", db, app, web, "-p", stack_name, "-o", "stack.yml")
    assert (ran.code, ran.err) == (Exit.DONE, "")
    written = (tmp_path / "stack.yml").read_text()
    assert PASSWORD not in written
    assert f"topo apply --replace {app}." in written
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert run("check").code == Exit.NO  # the default bridge gives those who link no names
    assert run("suggest", "-o", "two.yml").code == Exit.DONE
    checked = run("check", "-f", "two.yml")
    assert (checked.code, "2 networks, 2 claims hold" in checked.out) == (Exit.DONE, True), checked.out

    assert run("adopt", "--yes").code == Exit.DONE
    assert run("plan", "--detailed-exitcode").code == Exit.DONE  # nothing but that they are adopted
    anew = [word for name in (app, web) for word in ("--replace", name)]  # what --link wrote into their hosts
    applied = run("apply", "--yes", "-f", "two.yml", *anew)
    assert applied.code == Exit.DONE, applied.out + applied.err
    assert docker_client.containers.get(db).id == three[0].id  # nobody has stopped the database

    assert born(db) == before
    where = {
        name: docker_client.containers.get(name).attrs["NetworkSettings"]["Networks"]
        for name in (db, app, web)
    }
    assert set(where[db]).isdisjoint(where[web])
    assert len(set(where[app])) == 2
    environment = docker_client.containers.get(db).attrs["Config"]["Env"]
    assert f"DB_PASSWORD={PASSWORD}" in environment
    assert docker_client.containers.get(app).exec_run(["ping", "-c", "1", "database"]).exit_code == 0
    assert run("plan", "--detailed-exitcode", "-f", "two.yml").code == Exit.DONE
    assert run("destroy", "--yes", "--volumes", "-f", "two.yml").code == Exit.DONE
    assert docker_client.volumes.get(f"{stack_name}-data").name  # external: never topo's to remove


# On a model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    daemon = MemoryDaemon(file=tmp_path / "engine.json", registry=anything)
    daemon.pull("x:1")
    daemon.create_container("web", {"Image": "x:1", "Env": ["TOKEN=abc", "MODE=fast"]})
    daemon.start("web")
    return tmp_path


def run(folder: Path, *arguments: str) -> Ran:
    return topo(folder, "import", "--engine", "memory:engine.json", *arguments)


def test_the_file_is_shown_and_the_values_of_secrets_are_not(folder: Path) -> None:
    ran = run(folder, "--live", "-p", "shop")
    assert ran.code == Exit.DONE
    assert "TOKEN: ${TOKEN:?}" in ran.out
    assert "abc" not in ran.out + ran.err
    assert "values that are secrets are not shown: TOKEN" in ran.err


def test_nothing_that_is_there_is_overwritten_unasked(folder: Path) -> None:
    (folder / "stack.yml").write_text("mine")
    assert run(folder, "--live", "-o", "stack.yml").code == Exit.REFUSED
    assert not (folder / ".env").exists()
    (folder / ".env").write_text("mine")
    assert run(folder, "--live", "-o", "stack.yml", "--force").code == Exit.REFUSED
    assert [(folder / name).read_text() for name in ("stack.yml", ".env")] == ["mine", "mine"]
    assert run(folder, "--live", "-o", "stack.yml", "--force", "--secrets", "values").code == Exit.DONE
    assert (folder / "values").read_text() == "TOKEN='abc'\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say --live"),
        (["--live", "nobody"], "there is no container nobody"),
        (["--live", "-o", "absent/stack.yml"], "cannot write"),
    ],
)
def test_misuse_is_told(folder: Path, arguments: list[str], words: str) -> None:
    ran = run(folder, *arguments)
    assert ran.code == Exit.FAILED
    assert words in ran.err
