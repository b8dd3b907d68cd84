"""A plan that remembers says exactly what one says that does not, whatever happened in between."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.support.command import Ran, process
from tests.support.example import CHANGES
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

STACK = """\
name: {name}
services:
  web:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    environment: {{MODE: "${{MODE:-quiet}}"}}
    volumes: [./page:/page:ro, data:/data]
    secrets: [key]
    networks: [front]
  idle:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    healthcheck: {{test: ["CMD", "true"], interval: 1s}}
    networks: [front, back]
networks: {{front: {{}}, back: {{}}}}
volumes: {{data: {{}}}}
secrets: {{key: {{file: ./key}}}}
"""
LOADED = "import os, sys; sys.argv = ['topo', 'plan']; os._exit = sys.exit; from cli.main import main; "
LOADED += "\ntry: main()\nexcept SystemExit: print(bool({'pydantic', 'msgspec'} & {*sys.modules}))"


class Shop:
    """A stack that runs, its folder, and topo in it."""

    def __init__(self, folder: Path, name: str, engine: LabEngine, client: docker.DockerClient) -> None:
        self.folder = folder
        self.name = name
        self.client = client
        self.engine = engine.url
        (folder / "stack.yml").write_text(STACK.format(name=name))
        (folder / "page").write_text("hello")
        (folder / "key").write_text("hunter2")

    def topo(self, *arguments: str, **environ: str) -> Ran:
        return process(self.folder, *arguments, DOCKER_HOST=self.engine, **environ)

    def plan(self, **environ: str) -> Ran:
        """What a plan says that may remember, held to what one says that may not."""
        said = self.topo("plan", "--detailed-exitcode", **environ)
        anew = self.topo("plan", "--detailed-exitcode", TOPO_NO_CACHE="1", **environ)
        assert said == anew
        return said

    def is_remembered(self) -> bool:
        """Whether a plan is answered without loading what makes plans."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        around = {
            "HOME": str(self.folder),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "DOCKER_HOST": self.engine,
        }
        asked = [sys.executable, "-c", LOADED]

        def is_recalled() -> bool:
            ran = subprocess.run(
                asked, cwd=self.folder, env={**kept, **around}, capture_output=True, text=True, check=True
            )
            return ran.stdout.splitlines()[-1] == "False"

        return eventually(is_recalled, within=30)  # what has changed a moment ago is not remembered at once

    def container(self, service: str) -> Any:
        return self.client.containers.get(f"{self.name}-{service}-1")


def edited(name: str, old: str, new: str) -> Deed:
    @contextmanager
    def deed(shop: Shop) -> Iterator[None]:
        file = shop.folder / name
        before = file.read_text()
        file.write_text(before.replace(old, new))
        yield
        file.write_text(before)

    return deed


def appeared(name: str, content: str) -> Deed:
    @contextmanager
    def deed(shop: Shop) -> Iterator[None]:
        (shop.folder / name).write_text(content)
        yield
        (shop.folder / name).unlink()

    return deed


@contextmanager
def paused(shop: Shop) -> Iterator[None]:
    shop.container("web").pause()
    yield
    shop.container("web").unpause()


@contextmanager
def joined(shop: Shop) -> Iterator[None]:
    network = shop.client.networks.get(f"{shop.name}_back")
    network.connect(shop.container("web"))
    yield
    network.disconnect(shop.container("web"))


Deed = Callable[[Shop], AbstractContextManager[None]]
DEEDS: dict[str, Deed] = {
    "the file": edited("stack.yml", '"1000"', '"2000"'),
    "a secret": edited("key", "2", "3"),
    "a mounted file": edited("page", "hello", "world"),
    "an environment file": appeared(".env", "MODE=loud\n"),
    "another layer": appeared("stack.override.yml", "services: {web: {stop_grace_period: 3s}}\n"),
    "a pause": paused,
    "a network": joined,
}


@pytest.mark.newest
def test_whatever_changes_is_seen(own_engine: LabEngine) -> None:
    folder = own_engine.folder / "shop"
    folder.mkdir()
    with own_engine.client() as client:
        shop = Shop(folder, "shop", own_engine, client)
        applied = shop.topo("apply", "--yes")
        assert applied.code == 0, applied.err
        assert shop.is_remembered()
        assert shop.plan(MODE="loud").code == CHANGES
        for name, deed in DEEDS.items():
            with deed(shop):
                assert shop.plan().code == CHANGES, f"{name} changed"
            assert shop.topo("plan", "--detailed-exitcode").code == 0, f"{name} was put back"
        assert shop.is_remembered()
        assert "hunter2" not in "".join(file.read_text() for file in folder.rglob("plans/*.json"))
