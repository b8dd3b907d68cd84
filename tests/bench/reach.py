"""What `topo check` takes to prove claims on large stacks: `python -m tests.bench.reach`.

Needs no engine. Each stack is checked by a process of its own, from the file to the findings: twenty claims
and `default: deny`. Beside stacks of many networks stands one flat network, whose pairs nobody should list.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import Cost, Program, medians

GROUP = 10
CLAIMS = 20
LIMITS = {"seconds": 3.0, "megabytes": 400.0, "growth": 13.0}
"""For 10,000 services: how long, how much memory, and how many times as long as 1,000 may take."""

ROUNDS = 3


def grouped(services: int) -> str:
    """Tens on networks of their own, each service with a link to the one before it, every tenth on two."""
    lines = ["name: bench", "services:"]
    for number in range(services):
        group, place = divmod(number, GROUP)
        networks = [f"n{group}", *([f"n{group - 1}"] if group and place == 0 else [])]
        lines.append(
            f"  s{number}: {{image: 'app:1', networks: [{', '.join(networks)}]{link(number, place)}}}"
        )
    lines += ["networks:", *(f"  n{group}:" for group in range((services + GROUP - 1) // GROUP))]
    return "\n".join([*lines, *policy(services)]) + "\n"


def link(number: int, place: int) -> str:
    return f", links: [s{number - 1}]" if place else ""


def flat(services: int) -> str:
    """All on one network."""
    lines = [f"  s{number}: {{image: 'app:1', networks: [all]}}" for number in range(services)]
    return "\n".join(["name: bench", "services:", *lines, "networks: {all: }", *policy(services)]) + "\n"


def policy(services: int) -> list[str]:
    step = services // CLAIMS
    claims = [
        f"    - s{number * step} cannot reach s{(number * step + step // 2) % services}"
        for number in range(CLAIMS)
    ]
    return ["policy:", "  default: deny", "  claims:", *claims]


def measured(text: str) -> Cost:
    """The median of a few checks."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stack.yml"
        file.write_text(text)
        topo = str(Path(sys.executable).parent / "topo")
        program = Program(
            name="check",
            arguments=[topo, "check", "-f", str(file), "--format", "json"],
            environment=os.environ,
            accepted=frozenset({0, 2}),  # claims may be broken: proving that is work as well
        )
        return medians([program], ROUNDS)["check"]


def main() -> int:
    """Prints a line for each stack; 1 if a limit is broken."""
    cost: dict[str, Cost] = {}
    for name, text in (
        ("1,000 services, 100 networks", grouped(1_000)),
        ("10,000 services, 1,000 networks", grouped(10_000)),
        ("5,000 services, 1 network", flat(5_000)),
    ):
        cost[name] = measured(text)
        print(f"{name:34} {cost[name].cpu:6.2f} s of CPU   {cost[name].memory / 1e6:6.0f} MB")
    small, large, _ = cost.values()
    found = {"seconds": large.cpu, "megabytes": large.memory / 1e6, "growth": large.cpu / small.cpu}
    print(json.dumps({"found": {key: round(value, 2) for key, value in found.items()}, "limits": LIMITS}))
    return 1 if any(found[key] > limit for key, limit in LIMITS.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
