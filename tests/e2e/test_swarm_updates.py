"""Rolling updates on a Swarm: watched to their end, taken back where they fail, watched on after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.command import Ran, topo_on
from tests.support.lab import LabEngine

STACK = """\
name: roll
services:
  web:
    image: busybox:latest
    command: [%(program)s, "100%(version)s"]
    stop_signal: SIGKILL
    deploy:
      replicas: 2
      restart_policy: {delay: 200ms}
      update_config: {order: start-first, monitor: 100ms, failure_action: rollback}
"""


ONCE = """\
name: roll
services:
  web:
    image: busybox:latest
    command: [sh, -c, "mkdir /seen/once && exit 3; exec sleep 1005"]
    stop_signal: SIGKILL
    volumes: ["seen:/seen"]
    deploy:
      replicas: 2
      restart_policy: {delay: 0s}
      update_config: {order: start-first, monitor: 100ms, failure_action: continue}
volumes:
  seen:
"""


def run(folder: Path, on: LabEngine, command: str, version: str = "", program: str = "sleep") -> Ran:
    if version:
        (folder / "stack.yml").write_text(STACK % {"version": version, "program": program})
    return topo_on(on.url, folder, *command.split(), "--engine", "swarm")


def planned(folder: Path, on: LabEngine) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, on, "plan --format json").out)
    return found


def versions(on: LabEngine) -> Counter[str]:
    """What the tasks that run were told."""
    with on.client() as client:
        running = client.api.tasks({"service": "roll_web", "desired-state": "running"})  # type: ignore[no-untyped-call]  # of the SDK
    told = (task for task in running if task["Status"]["State"] == "running")
    return Counter(task["Spec"]["ContainerSpec"]["Args"][1][-1] for task in told)


def killed_while_it_waits(folder: Path, on: LabEngine, version: str, program: str = "sleep") -> None:
    (folder / "stack.yml").write_text(STACK % {"version": version, "program": program})
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
    for _ in range(2):  # what never ran is waited for again, and not called done
        never = run(tmp_path, manager, "apply -y", "0", "no-such-program")
        assert never.code == 1, never.out + never.err
        assert "the tasks of roll_web fail" in never.out
        (change,) = planned(tmp_path, manager)["changes"]
        assert (change["action"], change["fields"][0]["new"]) == ("await", "running")

    first = run(tmp_path, manager, "apply -y", "1")
    assert first.code == 0, first.out + first.err
    assert " of 2 run" in first.err

    killed_while_it_waits(tmp_path, manager, "3", "no-such-program")
    broken = run(tmp_path, manager, "apply -y")
    assert broken.code == 1
    assert "an update of service.web is under way: update in progress; this plan waits" in broken.out
    assert "Swarm has taken the update back" in broken.out
    assert f" on {manager.name} failed: " in broken.out
    assert 'exec: "no-such-program": executable file not found' in broken.out
    assert versions(manager) == {"1": 2}
    plan = planned(tmp_path, manager)
    assert [(field["name"], field["cause"]) for field in plan["changes"][0]["fields"]] == [
        ("command", "stack changed")
    ]
    assert plan["notes"] == [
        "the last update of service.web was taken back: rollback completed; this plan begins another one"
    ]

    killed_while_it_waits(tmp_path, manager, "4")
    plan = planned(tmp_path, manager)
    assert [(one["action"], one["fields"][0]["old"]) for one in plan["changes"]] == [("await", "updating")]
    assert " of 2 run, updating" in run(tmp_path, manager, "status").out
    again = run(tmp_path, manager, "apply -y")
    assert again.code == 0, again.out + again.err
    assert " of 2 run" in again.err
    assert versions(manager) == {"4": 2}
    assert run(tmp_path, manager, "plan --detailed-exitcode").code == 0

    back = run(tmp_path, manager, "rollback -y")
    assert back.code == 0, back.out + back.err
    assert versions(manager) == {"1": 2}

    (tmp_path / "stack.yml").write_text(ONCE)
    bumpy = run(tmp_path, manager, "apply -y")
    assert bumpy.code == 0, bumpy.out + bumpy.err
    assert f" on {manager.name} failed: task: non-zero exit (3)" in bumpy.out
    assert "note: service.web: on the way, task " in bumpy.out
    assert run(tmp_path, manager, "destroy -y --volumes").code == 0
