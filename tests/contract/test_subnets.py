"""Subnets: from the stack's pool, clear of every other network, and overlaps seen in the plan."""

from __future__ import annotations

import pytest

from tests.contract.samples import ON_NETWORK
from tests.support.applying import converged, left, planned
from tests.support.bench import Bench
from topology.models import Attachment, Ipam, Network, Service, Stack, Subnet

POOL = "10.253.16.0/26"  # four of the smallest


def stack_of(bench: Bench, *names: str, pool: str | None = POOL, internal: bool = False) -> Stack:
    web = Service(**ON_NETWORK, networks={name: Attachment() for name in names})
    networks = {name: Network(internal=internal) for name in names}
    return Stack(name=bench.prefix, subnet_pool=pool, services={"web": web}, networks=networks)


def subnets(bench: Bench) -> dict[str, str]:
    found = [one for one in bench.daemon.networks() if one["Name"].startswith(bench.prefix)]
    return {one["Name"].removeprefix(f"{bench.prefix}_"): one["IPAM"]["Config"][0]["Subnet"] for one in found}


@pytest.fixture
def _neighbour(bench: Bench) -> None:
    """Somebody has the beginning of the pool."""
    bench.network("neighbour", IPAM={"Config": [{"Subnet": "10.253.16.0/28"}]})


@pytest.mark.usefixtures("_neighbour")
def test_networks_get_small_subnets_of_the_pool_that_stay(bench: Bench) -> None:
    converged(bench.engine, stack_of(bench, "one", "two"))
    first = subnets(bench)
    assert {first["one"], first["two"]} == {"10.253.16.16/28", "10.253.16.32/28"}
    converged(bench.engine, stack_of(bench, "one", "two", "three"))
    assert subnets(bench) == {**first, "three": "10.253.16.48/28"}

    (obstacle,) = planned(bench.engine, stack_of(bench, "one", "two", "three", "four")).obstacles
    assert f"has no room left for network {bench.prefix}_four" in obstacle.message
    assert obstacle.path == ("subnet_pool",)

    converged(bench.engine, stack_of(bench, "one", "two", internal=True))
    assert {name: subnets(bench)[name] for name in first} == first
    assert left(planned(bench.engine, stack_of(bench, "one", "two", internal=True, pool=None))) == []


@pytest.mark.usefixtures("_neighbour")
def test_a_subnet_that_somebody_else_has_is_an_obstacle(bench: Bench) -> None:
    """Without it the engine refuses in the middle of an apply: the pool overlaps with another one."""
    said = Network(ipam=Ipam(config=(Subnet(subnet="10.253.16.0/24"),)))
    stack = stack_of(bench, "one").model_copy(update={"networks": {"one": said}})
    (obstacle,) = planned(bench.engine, stack).obstacles
    assert obstacle.message == (
        f"subnet 10.253.16.0/24 of network {bench.prefix}_one overlaps that of network "
        f"{bench.name('neighbour')}, 10.253.16.0/28"
    )
