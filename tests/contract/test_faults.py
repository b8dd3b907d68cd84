"""Any call of an apply fails, is cut off, or is done and never told of: the next clean apply converges.

A few calls and a pair of them are tried every time; `pytest tests/contract/test_faults.py --every-call
--fault-pairs 100` tries each in every way, and that many pairs.
"""

from __future__ import annotations

import random
from itertools import cycle, product

import pytest

from reconciler.engines import connect
from reconciler.engines.reading import Endpoint
from reconciler.engines.standalone import Standalone
from tests.contract.samples import ON_NETWORK
from tests.support import bench as benches
from tests.support.applying import applied, converged, units
from tests.support.bench import Bench
from tests.support.faultproxy import CutAfter, CutBefore, Delay, Fault, FaultProxy, Refuse
from tests.support.lab import LabEngine
from topology.models import Attachment, Healthcheck, Link, Mount, Network, Notice, Service, Stack, Volume

WRITES = "POST|PUT|DELETE"
WAYS: tuple[Fault, ...] = (Refuse(), CutBefore(), CutAfter(), Delay(0.3))
FEW = 3


def stack_of(bench: Bench, version: str) -> Stack:
    """Four services: a client that is told, two replicas behind it, one with data, one that moves about."""
    said = {"VERSION": version}
    front, back = {"front": Attachment()}, {"back": Attachment()}
    check = Healthcheck(test=("CMD", "true"), interval=0.1)
    told = Link(service="app", alias="app", on_change=Notice(exec=("true",)))
    data = (Mount(type="volume", source="data", target="/data"),)
    moved = {"1": front, "2": back}[version]
    return Stack(
        name=bench.prefix,
        services={
            "web": Service(**ON_NETWORK, networks=front, links=(told,), environment=said),
            "app": Service(
                **ON_NETWORK,
                networks=front | back,
                links=(Link(service="db", alias="db"),),
                environment=said,
                healthcheck=check,
                replicas=2,
            ),
            "db": Service(**ON_NETWORK, networks=back, environment=said, volumes=data),
            "tool": Service(**{**ON_NETWORK, "command": ("100000",)}, networks=moved),  # outlives all rounds
        },
        networks={"front": Network(), "back": Network(internal=version == "2")},
        volumes={"data": Volume()},
    )


@pytest.fixture
def real_bench(own_engine: LabEngine) -> Bench:
    """On an engine of our own: what is cut off may leave an old one with endpoints that nobody holds."""
    return benches.real(own_engine)


def writes_of(bench: Bench, stack: Stack) -> int:
    """How many calls that change something an apply of the stack makes; it is applied by that."""
    assert bench.lab is not None
    with FaultProxy(bench.lab.socket) as proxy:
        converged(Standalone(connect.daemon(Endpoint(url=proxy.url))), stack)
        return len(proxy.writes)


def pairs(many: int, number: int) -> list[tuple[tuple[int, Fault], ...]]:
    """So many pairs of faults in one apply, the same each time."""
    draw = random.Random(1)  # noqa: S311  # the same faults each time
    return [
        tuple((nth, draw.choice(WAYS)) for nth in sorted(draw.sample(range(1, many + 1), 2)))
        for _ in range(number)
    ]


def test_the_next_apply_makes_good_whatever_failed(real_bench: Bench, request: pytest.FixtureRequest) -> None:
    bench = real_bench
    assert bench.lab is not None
    versions = [stack_of(bench, version) for version in ("1", "2")]
    converged(bench.engine, versions[0])
    many = min(writes_of(bench, versions[1]), writes_of(bench, versions[0]))
    tried: list[tuple[tuple[int, Fault], ...]] = [(one,) for one in product(range(1, many + 1), WAYS)]
    if not request.config.getoption("--every-call"):
        tried = tried[
            :: len(tried) // FEW + 1
        ]  # which is no multiple of the ways, so that all have their turn
    tried += pairs(many, request.config.getoption("--fault-pairs"))
    volumes = bench.volume_names()
    for faults, stack in zip(tried, cycle([versions[1], versions[0]])):
        with FaultProxy(bench.lab.socket) as proxy:
            for nth, fault in faults:
                proxy.inject(fault, method=WRITES, path=".", nth=nth)
            applied(Standalone(connect.daemon(Endpoint(url=proxy.url))), stack)
        converged(bench.engine, stack)
        assert len(units(bench.engine, stack)) == 5, faults
        ours = [raw for raw in bench.daemon.containers() if raw["Names"][0].startswith(f"/{bench.prefix}")]
        assert len(ours) == 5, faults
        assert {name for name in bench.volume_names() if "journal" not in name} >= {f"{bench.prefix}_data"}
        assert {raw["Name"] for raw in bench.daemon.networks() if raw["Name"].startswith(bench.prefix)} == {
            f"{bench.prefix}_front",
            f"{bench.prefix}_back",
        }
    assert volumes <= bench.volume_names() | {name for name in volumes if "journal" in name}
    print(f"{bench.lab.version}: {len(tried)} faults in an apply of {many} calls, all made good")
