"""Overlays, which an engine makes only where it manages a Swarm: a plan says so before anything is begun."""

from __future__ import annotations

import pytest

from reconciler.diff import Obstacle
from reconciler.errors import EngineError
from reconciler.expand import expand
from reconciler.live import running
from tests.contract.samples import ON_NETWORK
from tests.support import bench as benches
from tests.support.applying import converged, planned
from tests.support.bench import Bench
from tests.support.lab import LabEngine
from topology.findings import Path
from topology.graph import topology_of
from topology.models import Attachment, Network, Service, Stack
from topology.rules import check


def stack_of(bench: Bench, *, attachable: bool) -> Stack:
    web = Service(**ON_NETWORK, networks={"far": Attachment()})
    far = Network(driver="overlay", attachable=attachable)
    return Stack(name=bench.prefix, services={"web": web}, networks={"far": far})


def in_the_way(bench: Bench, *, attachable: bool) -> Obstacle:
    (obstacle,) = planned(bench.engine, stack_of(bench, attachable=attachable)).obstacles
    assert obstacle.path == ("networks", "far", "driver")
    return obstacle


def test_a_single_engine_s_plan_says_that_it_cannot_make_an_overlay(bench: Bench) -> None:
    obstacle = in_the_way(bench, attachable=True)
    assert f"network {bench.prefix}_far spans the hosts of a Swarm" in obstacle.message
    assert "docker swarm init" in obstacle.mend
    assert found_live(bench) == [("T412", ("networks", "far", "driver"))]
    with pytest.raises(EngineError, match="not a swarm manager"):
        bench.network("n", Driver="overlay")


def found_live(bench: Bench) -> list[tuple[str, Path]]:
    """What a check of what runs finds of the network."""
    stack = stack_of(bench, attachable=True)
    desired = expand(stack, bench.engine.traits)
    there = running(topology_of(stack), desired, bench.engine.survey(desired))
    return [
        (one.code, one.path) for one in check(stack, there.own, running=there) if "network" in one.message
    ]


@pytest.mark.newest
def test_a_manager_of_a_swarm_makes_one_that_containers_may_join(own_engine: LabEngine) -> None:
    with own_engine.client() as client:
        client.swarm.init(advertise_addr="127.0.0.1", listen_addr="127.0.0.1")
    bench = benches.real(own_engine)
    assert "attachable: true" in in_the_way(bench, attachable=False).mend
    bench.network("shut", Driver="overlay")
    with pytest.raises(EngineError, match="not manually attachable"):
        bench.started("a", bench.name("shut"))
    converged(bench.engine, stack_of(bench, attachable=True))
    assert found_live(bench) == []
