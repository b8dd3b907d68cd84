"""What is protected is neither removed nor replaced, and a plan that would do so says it beforehand."""

from __future__ import annotations

from typing import Any

from reconciler.executor import execute
from reconciler.expand import expand
from reconciler.plan import Plan
from reconciler.planner import teardown
from tests.contract.samples import BASE
from tests.support.applying import applied, converged, destroyed, lives, looked, planned, units
from tests.support.bench import Bench
from topology.models import Attachment, Network, Service, Stack, Volume


def stack_of(bench: Bench, *, protect: bool = True, **more: Any) -> Stack:
    said = {key: value for key, value in BASE.items() if key != "network_mode"}
    db = Service(**{**said, "networks": {"back": Attachment()}, "protect": protect, **more})
    return Stack(
        name=bench.prefix,
        services={"db": db},
        networks={"back": Network(protect=protect)},
        volumes={"data": Volume(protect=protect)},
    )


def in_the_way(plan: Plan) -> list[str]:
    return [f"{one.address}: {one.message}" for one in plan.obstacles]


def test_a_protected_service_is_changed_in_place_and_no_further(bench: Bench) -> None:
    stack = stack_of(bench, replicas=2)
    converged(bench.engine, stack)
    before = lives(units(bench.engine, stack).values())
    converged(bench.engine, stack_of(bench, replicas=2, mem_limit=64 << 20))
    assert in_the_way(
        planned(bench.engine, stack_of(bench, replicas=2, mem_limit=64 << 20, hostname="h"))
    ) == [
        f"service.db[{n}]: db is protected, and this plan would replace it: "
        "hostname cannot be changed on an existing container"
        for n in (1, 2)
    ]
    fewer = planned(bench.engine, stack_of(bench, mem_limit=64 << 20))
    assert in_the_way(fewer) == [
        "service.db[2]: db is protected, and this plan would remove it: fewer replicas are wanted"
    ]
    assert lives(units(bench.engine, stack).values()) == before


def test_what_is_gone_from_the_file_is_protected_until_that_was_taken_back(bench: Bench) -> None:
    unprotected = stack_of(bench, protect=False)
    nothing = Stack(name=bench.prefix)
    converged(bench.engine, unprotected)
    before = lives(units(bench.engine, unprotected).values())
    converged(bench.engine, stack_of(bench))
    assert [text.split(":")[0] for text in in_the_way(planned(bench.engine, nothing))] == ["service.db[1]"]
    assert destroyed_at_all(bench, stack_of(bench)) == ["network.back", "volume.data", "service.db[1]"]
    assert lives(units(bench.engine, unprotected).values()) == before
    converged(bench.engine, unprotected)
    assert applied(bench.engine, nothing).faults == []
    assert destroyed(bench.engine, unprotected).faults == []


def destroyed_at_all(bench: Bench, stack: Stack) -> list[str]:
    plan = teardown(*looked(bench.engine, stack), bench.engine, volumes=True)
    return sorted((str(one.address) for one in plan.obstacles), key=lambda text: "nvs".index(text[0]))


def test_a_network_and_a_volume_remember_it_where_there_is_no_file(bench: Bench) -> None:
    converged(bench.engine, stack_of(bench))
    bare = expand(Stack(name=bench.prefix), bench.traits)
    plan = teardown(bare, bench.engine.observe(bare), bench.engine, volumes=True)
    assert {str(one.address) for one in plan.obstacles} == {"network.back", "volume.data", "service.db[1]"}
    insisted = teardown(bare, bench.engine.observe(bare), bench.engine, volumes=True, even_protected=True)
    assert insisted.obstacles == ()
    assert sorted(map(str, insisted.ends)) == ["network.back", "service.db[1]", "volume.data"]
    assert execute(insisted, bench.engine.run).ok
    left = bench.engine.observe(bare)
    assert (left.units, left.volumes) == ((), ())
