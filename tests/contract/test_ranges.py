"""A range of host ports over replicas: the lowest free one each, kept for as long as it can be."""

from __future__ import annotations

from reconciler.state import LiveUnit
from tests.contract.samples import BASE
from tests.support.applying import converged, lives, planned, units
from tests.support.bench import Bench, free_port
from topology.models import Port, Service, Stack


def ranged(bench: Bench, first: int, last: int, replicas: int, **more: Service) -> Stack:
    web = Service(**BASE, ports=(Port(target=80, published=(first, last)),), replicas=replicas)
    return Stack(name=bench.prefix, services={"web": web, **more})


def held(bench: Bench, stack: Stack) -> dict[str, list[str]]:
    return {at: list(unit.spec["ports"]) for at, unit in units(bench.engine, stack).items()}


def web_of(bench: Bench, stack: Stack) -> list[LiveUnit]:
    return list(units(bench.engine, stack).values())


def test_each_replica_has_the_lowest_free_port_and_keeps_it(bench: Bench) -> None:
    first = free_port()
    stack = ranged(bench, first, first + 4, 2)
    converged(bench.engine, stack)
    two = {"service.web[1]": [f"{first}:80/tcp"], "service.web[2]": [f"{first + 1}:80/tcp"]}
    assert held(bench, stack) == two
    before = lives(web_of(bench, stack))
    more = ranged(bench, first, first + 4, 3)
    converged(bench.engine, more)
    assert held(bench, more) == {**two, "service.web[3]": [f"{first + 2}:80/tcp"]}
    assert before < lives(web_of(bench, more))


def test_a_range_that_moves_keeps_who_is_still_in_it(bench: Bench) -> None:
    first = free_port()
    stack = ranged(bench, first, first + 1, 2)
    converged(bench.engine, stack)
    moved = ranged(bench, first + 1, first + 3, 2)
    before = {unit.name: unit.id for unit in web_of(bench, stack)}
    converged(bench.engine, moved)
    assert held(bench, moved) == {
        "service.web[1]": [f"{first + 2}:80/tcp"],
        "service.web[2]": [f"{first + 1}:80/tcp"],
    }
    after = {unit.name: unit.id for unit in web_of(bench, moved)}
    assert {name for name in before if before[name] == after[name]} == {f"{bench.prefix}-web-2"}


def test_a_port_that_others_hold_is_passed_over(bench: Bench) -> None:
    first = free_port()
    host = {"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": str(first)}]}}
    bench.started("other", bench.network("theirs"), ExposedPorts={"80/tcp": {}}, HostConfig=host)
    stack = ranged(bench, first, first + 2, 2)
    converged(bench.engine, stack)
    assert held(bench, stack) == {
        "service.web[1]": [f"{first + 1}:80/tcp"],
        "service.web[2]": [f"{first + 2}:80/tcp"],
    }


def test_a_port_that_another_service_fixes_is_passed_over(bench: Bench) -> None:
    first = free_port()
    fixed = Service(**BASE, ports=(Port(target=81, published=(first, first)),))
    stack = ranged(bench, first, first + 1, 1, fixed=fixed)
    converged(bench.engine, stack)
    assert held(bench, stack)["service.web[1]"] == [f"{first + 1}:80/tcp"]


def test_a_full_range_names_who_is_in_the_way(bench: Bench) -> None:
    first = free_port()
    host = {"PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": str(first)}]}}
    other = bench.started("other", bench.network("theirs"), ExposedPorts={"80/tcp": {}}, HostConfig=host)
    (obstacle,) = planned(bench.engine, ranged(bench, first, first, 1)).obstacles
    assert other in obstacle.message
