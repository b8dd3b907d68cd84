"""What a Swarm costs by its number of services, five replicas each: `python -m tests.bench.swarm`.

Counted are topo's calls and its own seconds of CPU, against a modelled manager: no machine of ours holds a
thousand tasks. With `--engine URL` of a real manager the same services are made there without any replica.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from msgspec import Struct

from reconciler.engine import Engine
from reconciler.engines.reading import Endpoint
from reconciler.engines.swarm import Swarm
from reconciler.engines.swarm.sending import SdkCluster
from tests.support.applying import applied, destroyed, planned
from tests.support.manager import ModelledCluster
from topology.models import Attachment, Network, Service, Stack

COUNTS = (25, 50, 100, 200)
REPLICAS = 5
GROUP = 10
LIMIT = 1.5
"""How much more a service of two hundred may cost than one of fifty."""


class Cost(Struct, frozen=True, kw_only=True):
    """Calls, tasks in their answers, and seconds of CPU."""

    calls: int
    tasks: int
    seconds: float

    def each(self, services: int) -> float:
        """What one service costs, whichever of the three is the most."""
        return max(self.calls, self.tasks, self.seconds * 1000) / services


def stack_of(services: int, version: str, replicas: int = REPLICAS) -> Stack:
    """Services in groups of ten that share an overlay."""
    return Stack(
        name="bench",
        services={
            f"s{n}": Service(
                image="busybox:latest",
                command=("sleep", "1000"),
                environment={"VERSION": version},
                networks={f"n{n // GROUP}": Attachment()},
                replicas=replicas,
            )
            for n in range(services)
        },
        networks={f"n{n}": Network() for n in range((services + GROUP - 1) // GROUP)},
    )


def costs(services: int) -> dict[str, Cost]:
    """From nothing to the stack, a plan that finds nothing, a change of each service, and away again."""
    cluster = ModelledCluster()
    engine = Swarm(cluster, sleep=lambda _seconds: None)

    def measured(deed: Callable[[], object]) -> Cost:
        calls, tasks, began = cluster.calls.total(), cluster.listed, time.process_time()
        deed()
        return Cost(
            calls=cluster.calls.total() - calls,
            tasks=cluster.listed - tasks,
            seconds=time.process_time() - began,
        )

    first, second = stack_of(services, "1"), stack_of(services, "2")
    found = {
        "apply": measured(lambda: applied(engine, first)),
        "plan": measured(lambda: planned(engine, first)),
        "change": measured(lambda: applied(engine, second)),
        "destroy": measured(lambda: destroyed(engine, second)),
    }
    assert cluster.services() == cluster.networks() == []
    return found


def on_real(url: str) -> None:
    """The same calls over the wire, with nothing running."""
    engine: Engine = Swarm(SdkCluster(Endpoint(url=url)))
    for services in COUNTS:
        stack = stack_of(services, "1", replicas=0)
        for name, deed in (("apply", applied), ("plan", planned), ("destroy", destroyed)):
            began = time.perf_counter()
            deed(engine, stack)
            print(f"{services:4} services without replicas, {name:8} {time.perf_counter() - began:6.2f} s")


def main() -> None:
    """Prints all of it; ends with 1 where the cost grows faster than the stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.swarm", description=__doc__)
    parser.add_argument("--engine", help="URL of a manager to measure as well")
    given = parser.parse_args()
    found = {services: costs(services) for services in COUNTS}
    for services, by_deed in found.items():
        for name, cost in by_deed.items():
            whole = f"{cost.calls:6} calls {cost.tasks:7} tasks told {cost.seconds:6.2f} s"
            print(f"{services:4} services, {name:8} {whole}   {cost.calls / services:5.1f} calls each")
    if given.engine:
        on_real(given.engine)
    steep = [name for name in found[200] if found[200][name].each(200) > LIMIT * found[50][name].each(50)]
    sys.exit(f"grows faster than the stack: {', '.join(steep)}" if steep else 0)


if __name__ == "__main__":
    main()
