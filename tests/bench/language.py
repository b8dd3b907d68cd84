"""How long topo takes to load and check a stack, by its number of services: `python -m tests.bench.language`.

Needs no engine. Counted is one process from the text to the findings, without the start of Python; the cost
of a service is to stay the same however many there are.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from topology.load import load
from topology.rules import check

COUNTS = (500, 1_000, 2_000, 10_000)
LIMIT = 1.5
"""Seconds that 2,000 services may take."""

ROUNDS = 3
GROUP = 10


def stack_text(services: int) -> str:
    """Services in groups of ten that share a network, each with what services usually have."""
    lines = ["services:"]
    for number in range(services):
        group = number // GROUP
        lines += [
            f"  s{number}:",
            "    image: busybox:1.36",
            "    restart: unless-stopped",
            f"    environment: {{NUMBER: '{number}', NAME: 's{number}', LEVEL: '${{LEVEL:-info}}'}}",
            f"    networks: [n{group}]",
            f"    volumes: ['data{group}:/data', './etc:/etc/app:ro']",
            f"    ports: ['127.0.0.1:{10_000 + number}:80']",
            "    healthcheck: {test: [CMD, 'true'], interval: 10s}",
        ]
        if number % GROUP:
            lines.append(f"    depends_on: {{s{number - 1}: {{condition: service_healthy}}}}")
    groups = range((services + GROUP - 1) // GROUP)
    lines += ["networks:", *(f"  n{group}:" for group in groups)]
    lines += ["volumes:", *(f"  data{group}:" for group in groups)]
    return "\n".join(lines) + "\n"


def seconds(folder: Path, services: int) -> tuple[float, float]:
    """The best of a few rounds: what loading takes, and what checking does."""
    (folder / "stack.yml").write_text(stack_text(services))
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        found = load([], environ={}, directory=folder, name="bench")
        loaded = time.process_time()
        check(found.stack, source=found.source)
        rounds.append((loaded - began, time.process_time() - loaded))
    return min(rounds, key=sum)


def main() -> int:
    """Prints a line for each size; fails where 2,000 services take too long."""
    slow = False
    print("services   load s  check s    sum s  ms/service")
    with tempfile.TemporaryDirectory() as made:
        for count in COUNTS:
            load_time, check_time = seconds(Path(made), count)
            whole = load_time + check_time
            slow |= count == 2_000 and whole > LIMIT
            each = 1000 * whole / count
            print(f"{count:8}  {load_time:7.2f}  {check_time:7.2f}  {whole:7.2f}  {each:10.3f}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
