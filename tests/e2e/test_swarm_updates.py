"""Rolling updates on a Swarm: watched to their end, taken back where they fail, finished after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.support.command import Ran, topo_on
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

STACK = """\
name: roll
services:
  web:
    image: busybox:latest
    command: [%(program)s, "100%(version)s"]
    stop_signal: SIGKILL
    deploy:
      replicas: 2
      update_config: {order: start-first, monitor: 100ms, failure_action: rollback}
"""


def run(folder: Path, on: LabEngine, command: str, version: str = "", program: str = "sleep") -> Ran:
    if version:
        (folder / "stack.yml").write_text(STACK % {"version": version, "program": program})
    return topo_on(on.url, folder, *command.split(), "--engine", "swarm")


def versions(on: LabEngine) -> Counter[str]:
    """What the tasks that run were told."""
    with on.client() as client:
        running = client.api.tasks({"service": "roll_web", "desired-state": "running"})  # type: ignore[no-untyped-call]
    told = (task for task in running if task["Status"]["State"] == "running")
    return Counter(task["Spec"]["ContainerSpec"]["Args"][1][-1] for task in told)


def killed_while_it_waits(folder: Path, on: LabEngine, version: str) -> None:
    (folder / "stack.yml").write_text(STACK % {"version": version, "program": "sleep"})
    command = [sys.executable, "-m", "cli.main", "apply", "-y", "--engine", "swarm", "-H", on.url]
    around = {**os.environ, "HOME": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, cwd=folder, env=around, stderr=subprocess.PIPE, text=True) as apply:
        assert apply.stderr is not None
        assert any("wait until all tasks of roll_web run" in line for line in apply.stderr)
        apply.kill()
    assert apply.returncode == -signal.SIGKILL


def test_an_update_is_watched_finished_taken_back_and_gone_back_from(
    manager: LabEngine, tmp_path: Path
) -> None:
    first = run(tmp_path, manager, "apply -y", "1")
    assert first.code == 0, first.out + first.err
    assert " of 2 run" in first.err

    broken = run(tmp_path, manager, "apply -y", "3", "no-such-program")
    assert broken.code == 1
    assert "Swarm has taken the update back" in broken.out
    assert f" on {manager.name} failed: " in broken.out
    assert 'exec: "no-such-program": executable file not found' in broken.out
    assert versions(manager) == {"1": 2}
    (change,) = json.loads(run(tmp_path, manager, "plan --format json").out)["changes"]
    assert [(field["name"], field["cause"]) for field in change["fields"]] == [("command", "stack changed")]

    killed_while_it_waits(tmp_path, manager, "4")
    again = run(tmp_path, manager, "apply -y")
    assert again.code == 0, again.out + again.err
    assert eventually(lambda: versions(manager) == {"4": 2}, within=20, every=0.2)
    assert run(tmp_path, manager, "plan --detailed-exitcode").code == 0

    back = run(tmp_path, manager, "rollback -y")
    assert back.code == 0, back.out + back.err
    assert versions(manager) == {"1": 2}
    assert run(tmp_path, manager, "destroy -y").code == 0
