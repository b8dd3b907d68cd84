"""Ctrl-C while a successor is waited for: nobody waits for it any more, and the old one serves on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import docker
import pytest

from tests.support.command import process
from tests.support.lab import LabEngine

STACK = """\
name: {stack}
services:
  app:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: KILL
    environment: {{V: "{version}"}}
    healthcheck: {{test: [CMD, "{check}"], interval: 200ms, start_period: 90s}}
    networks: [front]
networks: {{front: }}
"""
WITHIN = 20.0
"""Seconds: much more than it takes, and much less than the successor is given."""


@pytest.mark.newest
def test_nobody_waits_any_more_and_the_old_one_serves_on(
    lab_engine: LabEngine, docker_client: docker.DockerClient, stack_name: str, tmp_path: Path
) -> None:
    def said(version: str, check: str) -> None:
        (tmp_path / "stack.yml").write_text(STACK.format(stack=stack_name, version=version, check=check))

    def ids() -> list[str]:
        found = docker_client.containers.list(all=True, filters={"label": f"topo.stack={stack_name}"})
        return [str(one.id) for one in found]

    said("1", "true")
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url).code == 0
    before = ids()

    said("2", "false")
    heard = ["env", "--default-signal=INT"]  # whoever runs the tests in the background has it ignored
    command = [*heard, sys.executable, "-m", "cli.main", "apply", "--yes", "-H", lab_engine.url]
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=around
    ) as ran:
        assert ran.stdout is not None
        assert any("wait until" in line for line in ran.stdout)
        began = time.monotonic()
        ran.send_signal(signal.SIGINT)
        rest = ran.stdout.read()
        assert ran.wait(WITHIN) == 130, rest
        assert time.monotonic() - began < WITHIN
    assert "4 to go; topo apply goes on from here" in rest
    assert set(before) < set(ids())

    said("1", "true")
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url).code == 0
    assert ids() == before
