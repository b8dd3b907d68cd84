"""`topo logs` and `topo exec` on real engines."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from cli.exits import Exit
from tests.support.command import Ran, process, topo, topo_on
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

Run = Callable[..., Ran]


def resize(terminal: int, rows: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@pytest.fixture
def run(lab_engine: LabEngine, stack_name: str, tmp_path: Path) -> Run:
    (tmp_path / "stack.yml").write_text(f"""\
name: {stack_name}
services:
  web:
    image: busybox
    command: [sh, -c, "echo one; echo two; echo three; exec sleep 1000"]
    stop_signal: SIGKILL
    network_mode: none
    deploy: {{replicas: 2}}
  nil:
    image: busybox
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    network_mode: none
    logging: {{driver: none}}
""")

    def runs(*arguments: str) -> Ran:
        return topo_on(lab_engine.url, tmp_path, *arguments)

    assert runs("apply", "--yes", "-q").code == Exit.DONE
    assert eventually(lambda: runs("logs").out.count("three") == 2), (
        "what has just started prints a moment later"
    )
    return runs


def test_what_containers_print_is_shown_with_their_names(
    run: Run, lab_engine: LabEngine, stack_name: str, tmp_path: Path, docker_client: docker.DockerClient
) -> None:
    shown = run("logs")
    assert sorted(shown.out.splitlines()) == sorted(
        f"web[{n}] | {text}" for n in (1, 2) for text in ("one", "two", "three")
    )
    assert (shown.code, shown.err.count("warning: nil[1]: ")) == (Exit.DONE, 1)
    assert run("logs", "nil").code == Exit.FAILED
    assert run("logs", "web[2]", "--tail", "1", "-q").out == "three\n"
    assert run("logs", "--since", "2099-01-01T00:00:00Z").out == ""
    first, *_ = map(json.loads, run("logs", "web[1]", "--format", "json").out.splitlines())
    assert (first["container"], first["text"]) == ("web[1]", "one")
    stamped = run("logs", "web[1]", "-t").out.splitlines()[0]
    assert stamped.split()[2] == first["at"]

    heard = ["env", "--default-signal=INT"]  # whoever runs the tests in the background has it ignored
    command = [*heard, sys.executable, "-m", "cli.main", "logs", "-f", "-n", "1", "web"]
    environment = {**os.environ, "DOCKER_HOST": lab_engine.url, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment
    ) as following:
        assert following.stdout is not None
        output = following.stdout

        def next_lines(count: int) -> list[str]:
            return sorted(output.readline() for _ in range(count))

        assert next_lines(2) == ["web[1] | three\n", "web[2] | three\n"]
        assert run("exec", "web[1]", "sh", "-c", "echo four > /proc/1/fd/1").code == Exit.DONE
        assert next_lines(1) == ["web[1] | four\n"]
        long = "(head -c 40000 /dev/zero | tr '\\0' x; echo) > /proc/1/fd/1"
        assert run("exec", "web[1]", "sh", "-c", long).code == Exit.DONE
        assert next_lines(1) == [f"web[1] | {'x' * 40_000}\n"], "which the engine cuts into parts"
        again = docker_client.containers.get(f"{stack_name}-web-1")
        again.kill()
        again.start()
        assert next_lines(3) == ["web[1] | one\n", "web[1] | three\n", "web[1] | two\n"]
        stack = tmp_path / "stack.yml"
        stack.write_text(stack.read_text().replace("replicas: 2", "replicas: 3"))
        assert run("apply", "--yes", "-q", "--replace", "web").code == Exit.DONE
        assert next_lines(9) == sorted(
            f"web[{n}] | {text}\n" for n in (1, 2, 3) for text in ("one", "two", "three")
        )
        following.send_signal(signal.SIGINT)
        assert following.wait(10) == Exit.INTERRUPTED


def test_a_command_gets_what_is_typed_and_gives_its_code(
    run: Run, stack_name: str, lab_engine: LabEngine, tmp_path: Path
) -> None:
    typed = "typed\n" * 5_000_000  # more than all that is on the way holds
    ran = process(tmp_path, "exec", "web", "cat", stdin=typed, DOCKER_HOST=lab_engine.url)
    assert ran == Ran(0, typed, "")
    ran = process(tmp_path, "exec", "web", "head", "-n", "1", stdin=typed, DOCKER_HOST=lab_engine.url)
    assert ran == Ran(0, "typed\n", ""), "a command need not take all that is typed"
    assert run("exec", "web[2]", "sh", "-c", "echo out; echo err >&2; exit 7") == Ran(7, "out\n", "err\n")
    assert run("exec", "-u", "1000", "web", "id", "-u").out == "1000\n"
    assert run("exec", f"{stack_name}-web-1", "ls", "-d", "/").out == "/\n"
    assert run("exec", "web", "nosuch").code in {126, 127}  # by the engine's release
    absent = run("exec", "wep", "ls")
    assert (absent.code, "did you mean web?" in absent.err) == (Exit.FAILED, True)


@pytest.mark.newest
@pytest.mark.usefixtures("run")
def test_a_terminal_is_as_large_there_as_it_is_here(lab_engine: LabEngine, tmp_path: Path) -> None:
    here, there = pty.openpty()

    def shown(until: str) -> str:
        seen = ""
        while until not in seen:
            assert select.select([here], [], [], 15)[0], seen
            seen += os.read(here, 1024).decode()
        return seen

    resize(there, 33, 101)
    wait = "until stty size | grep -q '44 132'; do stty size; sleep 0.1; done; echo resized"
    command = [sys.executable, "-m", "cli.main", "exec", "web", "sh", "-c", wait]
    environment = {**os.environ, "DOCKER_HOST": lab_engine.url, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=there, stdout=there, stderr=there, env=environment
    ) as running:
        shown("33 101")
        resize(here, 44, 132)
        running.send_signal(signal.SIGWINCH)
        shown("resized")
        assert running.wait(10) == Exit.DONE
    before = termios.tcgetattr(there)
    with subprocess.Popen(
        [*command[:-1], "echo begun; sleep 1000"],
        cwd=tmp_path,
        stdin=there,
        stdout=there,
        stderr=there,
        env=environment,
    ) as running:
        shown("begun")
        assert termios.tcgetattr(there) != before
        running.terminate()
        assert (running.wait(10), termios.tcgetattr(there)) == (-signal.SIGTERM, before)
    os.close(there)
    os.close(here)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["logs"], "in a model of an engine nothing runs"),
        (["logs", "wep"], "did you mean web?"),
        (["logs", "--since", "yesterday"], "--since yesterday is no moment"),
        (["exec", "web", "ls"], "in a model of an engine nothing runs"),
    ],
)
def test_misuse_is_told(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "stack.yml").write_text("name: shop\nservices: {web: {image: busybox}}\n")
    engine = ["--engine", "memory:engine.json"]
    assert topo(tmp_path, "apply", "--yes", "-q", *engine).code == Exit.DONE
    command, *rest = arguments
    ran = topo(tmp_path, command, *engine, *rest)
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert words in ran.err
