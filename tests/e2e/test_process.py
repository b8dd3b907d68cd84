"""topo as the shell sees it: a process with arguments, streams and an exit code."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli import __version__
from tests.support.command import Ran, process
from tests.unit.cli.test_run import STACK

COMMANDS = ("check", "explain", "graph", "config", "plan", "apply", "destroy", "status")
VERSION_CPU = 0.080
"""Seconds; bare Python takes 0.010."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(STACK)
    return tmp_path


def test_the_version_costs_next_to_nothing(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = process(tmp_path, "--version")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (ran.code, ran.out, ran.err) == (0, f"topo {__version__}\n", "")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < VERSION_CPU


def test_the_version_is_also_told_beside_other_flags(tmp_path: Path) -> None:
    assert process(tmp_path, "--version", "check").out == f"topo {__version__}\n"


def test_without_arguments_topo_explains_itself(tmp_path: Path) -> None:
    ran = process(tmp_path)
    assert ran.code == 0
    assert all(f"\n  {command} " in ran.out for command in COMMANDS)
    assert "Exit codes: 0 yes or done, 1 could not, 2 no, 3 refused, 130 interrupted." in ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_takes_the_flags_that_people_know(tmp_path: Path, command: str) -> None:
    ran = process(tmp_path, command, "--help", COLUMNS="120")
    flags = ["-f, --file", "-p, --project-name", "--project-directory", "--env-file", "--format"]
    flags += ["-q, --quiet", "--no-color"]
    flags += ["-H, --host", "-c, --context", "--engine"] if command in COMMANDS[4:] else []
    flags += ["-y, --yes", "--parallel"] if command in {"apply", "destroy"} else []
    assert (ran.code, [flag for flag in flags if flag not in ran.out]) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check"], 0),
        (["check", "-f", "absent.yml"], 1),
        (["check", "--nope"], 1),
        (["explain", "nginx", "db:5432"], 0),
        (["explain", "nobody"], 1),
        (["graph", "--format", "dot"], 0),
        (["config", "--images"], 0),
        (["plan", "-H", "unix:///nonexistent.sock"], 1),
        (["apply", "-H", "unix:///nonexistent.sock", "--yes"], 1),
    ],
)
def test_the_shell_gets_the_code(shop: Path, arguments: list[str], code: int) -> None:
    assert process(shop, *arguments).code == code


def test_results_go_to_stdout_and_faults_to_stderr(shop: Path) -> None:
    good, bad = process(shop, "graph"), process(shop, "graph", "-f", "absent.yml")
    assert good.out.startswith("shop\n")
    assert good.err == ""
    assert bad.out == ""
    assert "absent.yml" in bad.err


def test_a_broken_claim_is_a_no(shop: Path) -> None:
    (shop / "stack.yml").write_text(STACK.replace("[web_nw]", "[web_nw, db_nw]"))
    ran = process(shop, "check", "--format", "json")
    assert (ran.code, json.loads(ran.out)["exit_code"]) == (2, 2)


def shell(folder: Path, line: str, **environ: str) -> Ran:
    """What a line for the shell does, in which `topo` is this one."""
    topo = f"topo() {{ '{sys.executable}' -m cli.main \"$@\"; }}"
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environ}
    ran = subprocess.run(
        ["bash", "-c", f"{topo}; {line}"], cwd=folder, env=around, capture_output=True, text=True, check=False
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_a_reader_that_leaves_early_makes_no_noise(shop: Path) -> None:
    services = "".join(f"  s{number}: {{image: x}}\n" for number in range(3000))
    (shop / "stack.yml").write_text(f"name: shop\nservices:\n{services}")
    assert shell(shop, "topo config | head -n 1") == Ran(0, "name: shop\n", "")


@pytest.mark.parametrize("command", ["--version", "check", "plan --engine memory:engine.json"])
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_full_disk_is_told_where_errors_go(shop: Path, command: str, buffered: str) -> None:
    said = "error: what topo says cannot be written: No space left on device\n"
    assert shell(shop, f"topo {command} > /dev/full", PYTHONUNBUFFERED=buffered) == Ran(1, "", said)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_stream_that_is_closed_is_not_missed(shop: Path, closed: str) -> None:
    ran = shell(shop, f"topo plan --engine memory:engine.json {closed}")
    assert (ran.code, ran.err) == (0, "")
    assert bool(ran.out) == (closed != ">&-")


def test_a_status_that_is_watched_comes_again_and_again_until_it_is_interrupted(shop: Path) -> None:
    heard = ["env", "--default-signal=INT"]  # whoever runs the tests in the background has it ignored
    status = ["-m", "cli.main", "status", "--watch", "--engine", "memory:engine.json"]
    command = [*heard, sys.executable, *status]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    model = shop / "engine.json"
    with subprocess.Popen(
        command, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as ran:
        assert ran.stdout is not None
        first = ran.stdout.readline()
        model.write_text("nothing that can be read")
        fault = next(line for line in ran.stdout if line.startswith("error: "))
        model.unlink()
        assert first in ran.stdout, "it goes on"
        ran.send_signal(signal.SIGINT)
        assert ran.wait(10) == 130
    assert first.startswith("SERVICE ")
    assert "it holds something else" in fault


def test_a_terminal_of_another_alphabet_gets_what_it_can_show(shop: Path) -> None:
    ran = process(shop, "graph", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.err) == (0, "")
    assert "nginx" in ran.out


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["check"], {"docker", "requests", "rich", "reconciler.planner", "reconciler.engines"}),
        (["graph"], {"docker", "requests", "networkx", "rich", "reconciler.planner"}),
        (["config"], {"docker", "requests", "networkx", "rich", "reconciler.planner", "topology.reach"}),
    ],
)
def test_a_command_imports_only_what_it_needs(shop: Path, arguments: list[str], unwanted: set[str]) -> None:
    assert imported(shop, arguments) & unwanted == set()


def test_a_plan_without_changes_loads_nothing_that_makes_changes(shop: Path) -> None:
    model = ["--engine", "memory:model.json"]
    assert process(shop, "apply", "--yes", *model).code == 0
    unwanted = {"reconciler.planner", "reconciler.weave", "topology.reach", "networkx", "docker"}
    assert imported(shop, ["plan", *model]) & unwanted == set()


def imported(folder: Path, arguments: list[str]) -> set[str]:
    """The modules that a run of topo has imported when it ends."""
    code = (
        "import sys; from cli.run import run; from cli.world import World; "
        f"run({arguments}, World.here()); print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return set(ran.stderr.split())
