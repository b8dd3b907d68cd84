"""The three-tier example does what its page and its claims say, on every engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.support import lab
from tests.support.lab import LabEngine

EXAMPLE = Path(__file__).parents[2] / "examples" / "three-tier"
TOPO = Path(sys.executable).parent / "topo"
PORT = 20000 + os.getpid() % 10000  # tests may run side by side, in processes of their own


class Shell:
    """Somebody at the command line, in a copy of the example, with one engine."""

    def __init__(self, folder: Path, engine: LabEngine, stack: str) -> None:
        self._folder = folder
        self._environment = {**os.environ, "DOCKER_HOST": engine.url, "WEB_PORT": str(PORT)}
        self._stack = stack

    def topo(self, *arguments: str) -> int:
        """Runs a command on the stack; returns its exit code, and shows what it said if the test fails."""
        command = [str(TOPO), *arguments, "--project-name", self._stack]
        return subprocess.run(
            command, cwd=self._folder, env=self._environment, timeout=180, check=False
        ).returncode


@pytest.fixture
def shell(lab_engine: LabEngine, stack_name: str) -> Iterator[Shell]:
    folder = lab_engine.folder / stack_name  # the engine has to see nginx.conf
    shutil.copytree(EXAMPLE, folder)
    yield Shell(folder, lab_engine, stack_name)
    shutil.rmtree(folder)


def address(client: docker.DockerClient, stack: str, service: str, network: str) -> str:
    endpoints = client.containers.get(f"{stack}-{service}-1").attrs["NetworkSettings"]["Networks"]
    return str(endpoints[f"{stack}_{network}"]["IPAddress"])


def views(engine: LabEngine) -> int:
    with engine.network(), urllib.request.urlopen(f"http://localhost:{PORT}/", timeout=10) as page:
        seen = re.search(r"\d+", page.read().decode())
    assert seen
    return int(seen[0])


def test_the_page_counts_and_only_the_application_reaches_the_database(
    shell: Shell, lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str
) -> None:
    assert shell.topo("check") == 0
    assert shell.topo("plan", "--detailed-exitcode") == 2
    assert shell.topo("apply", "--yes") == 0
    assert shell.topo("plan", "--detailed-exitcode") == 0

    assert [views(lab_engine) for _ in range(3)] == [1, 2, 3]

    database = address(docker_client, stack_name, "db", "db_nw")
    page = address(docker_client, stack_name, "flaskapp", "web_nw")
    assert lab_engine.connects(f"{stack_name}-nginx-1", page, 8000)
    assert lab_engine.connects(f"{stack_name}-flaskapp-1", database, 5432)
    assert not lab_engine.connects(f"{stack_name}-nginx-1", database, 5432)

    assert shell.topo("destroy", "--yes", "--volumes") == 0
    assert not docker_client.containers.list(all=True, filters={"label": f"{lab.STACK_LABEL}={stack_name}"})
    assert not docker_client.networks.list(filters={"label": f"{lab.STACK_LABEL}={stack_name}"})
