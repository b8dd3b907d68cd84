"""Runs programs and says how long they took. Medians, because a machine is never quiet."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct


class Cost(Struct, frozen=True, kw_only=True):
    """What one run of a program took: seconds by the clock and of all processors, bytes at the most."""

    wall: float
    cpu: float
    memory: float


class Program(Struct, frozen=True, kw_only=True):
    """A command line with its environment; `prepare` runs before each measurement and is not counted.

    `accepted` are the exit codes of a run that did what it should.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    prepare: Callable[[], None] = lambda: None
    accepted: frozenset[int] = frozenset({0})

    def run(self) -> Cost:
        """Runs it once.

        Raises:
            RuntimeError: it failed; a figure of a failed run would mean nothing.
        """
        self.prepare()
        began = time.perf_counter()
        process = subprocess.Popen(
            self.arguments, env=dict(self.environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in self.accepted:
            raise RuntimeError(f"{self.name} ended with {process.returncode}:\n{said.decode()}")
        return Cost(wall=wall, cpu=used.ru_utime + used.ru_stime, memory=used.ru_maxrss * 1024.0)


def medians(programs: Sequence[Program], rounds: int) -> dict[str, Cost]:
    """Each program's median over the rounds, run in turn so that a busy moment meets all alike."""
    taken: dict[str, list[Cost]] = {program.name: [] for program in programs}
    for program in programs:
        program.run()
    for _ in range(rounds):
        for program in programs:
            taken[program.name].append(program.run())
    return {
        name: Cost(
            wall=statistics.median(cost.wall for cost in costs),
            cpu=statistics.median(cost.cpu for cost in costs),
            memory=statistics.median(cost.memory for cost in costs),
        )
        for name, costs in taken.items()
    }
