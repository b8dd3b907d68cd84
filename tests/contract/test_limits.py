"""What an update can change on a container as it is, and what it cannot."""

from __future__ import annotations

import pytest

from reconciler.engines.daemon import Json
from reconciler.errors import Conflict, Rejected
from tests.support.bench import Bench

MIB = 1024 * 1024
POLICY = {"Name": "on-failure", "MaximumRetryCount": 3}


def limits(bench: Bench, name: str) -> Json:
    return {key: bench.host(name)[key] for key in ("Memory", "MemorySwap", "NanoCpus", "PidsLimit")}


def both(size: int) -> Json:
    return {"Memory": size, "MemorySwap": 2 * size}


def test_limits_move_without_a_restart(bench: Bench) -> None:
    name = bench.started("a")
    began = bench.state(name)["StartedAt"]
    wanted = {**both(64 * MIB), "NanoCpus": 500_000_000, "PidsLimit": 50}
    bench.daemon.update(name, wanted)
    assert limits(bench, name) == wanted
    bench.daemon.update(name, {**both(32 * MIB), "NanoCpus": 250_000_000, "PidsLimit": 40})
    assert limits(bench, name) == {**both(32 * MIB), "NanoCpus": 250_000_000, "PidsLimit": 40}
    assert bench.state(name)["StartedAt"] == began


def test_a_zero_leaves_memory_and_cpus_alone(bench: Bench) -> None:
    name = bench.started("a", HostConfig={**both(64 * MIB), "NanoCpus": 500_000_000})
    before = limits(bench, name)
    bench.daemon.update(name, {**both(0), "NanoCpus": 0})
    assert limits(bench, name) == before


@pytest.mark.parametrize("nothing", [0, -1])
def test_the_limit_of_processes_can_be_lifted(bench: Bench, nothing: int) -> None:
    name = bench.started("a", HostConfig={"PidsLimit": 50})
    bench.daemon.update(name, {"PidsLimit": nothing})
    assert bench.host(name)["PidsLimit"] in {0, -1}


def test_memory_does_not_rise_above_swap_alone(bench: Bench) -> None:
    name = bench.started("a")
    with pytest.raises(Conflict, match="memoryswap"):
        bench.daemon.update(name, {"Memory": 64 * MIB})
    bench.daemon.update(name, both(64 * MIB))
    bench.daemon.update(name, {"Memory": 32 * MIB})
    assert limits(bench, name)["MemorySwap"] == 128 * MIB
    with pytest.raises(Conflict, match="memoryswap"):
        bench.daemon.update(name, {"Memory": 256 * MIB})


def test_swap_is_twice_the_memory_where_nobody_says(bench: Bench) -> None:
    assert limits(bench, bench.made("a", HostConfig={"Memory": 64 * MIB}))["MemorySwap"] == 128 * MIB


def test_memory_has_a_least_size_and_swap_lies_above(bench: Bench) -> None:
    name = bench.started("a")
    for size, swap in ((1 * MIB, 2 * MIB), (64 * MIB, 32 * MIB)):
        with pytest.raises(Rejected, match="Minimum memory"):
            bench.daemon.update(name, {"Memory": size, "MemorySwap": swap})
        with pytest.raises(Rejected, match="Minimum memory"):
            bench.made("b", HostConfig={"Memory": size, "MemorySwap": swap})


def test_the_restart_policy_moves_both_ways(bench: Bench) -> None:
    name = bench.started("a")
    bench.daemon.update(name, {"RestartPolicy": POLICY})
    assert bench.host(name)["RestartPolicy"] == POLICY
    bench.daemon.update(name, {"PidsLimit": 50})
    assert bench.host(name)["RestartPolicy"] == POLICY
    bench.daemon.update(name, {"RestartPolicy": {"Name": "", "MaximumRetryCount": 0}})
    assert bench.host(name)["RestartPolicy"] == POLICY
    bench.daemon.update(name, {"RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}})
    assert bench.host(name)["RestartPolicy"] == {"Name": "no", "MaximumRetryCount": 0}


@pytest.mark.parametrize("policy", [{"Name": "sometimes"}, {"Name": "always", "MaximumRetryCount": 3}])
def test_a_policy_that_is_none_is_refused(bench: Bench, policy: Json) -> None:
    with pytest.raises(Rejected):
        bench.made("a", HostConfig={"RestartPolicy": policy})
    with pytest.raises(Rejected):
        bench.daemon.update(bench.made("b"), {"RestartPolicy": policy})


def test_a_refused_update_changes_nothing(bench: Bench) -> None:
    name = bench.started("a", HostConfig={"PidsLimit": 50})
    before = bench.host(name)
    with pytest.raises(Rejected):
        bench.daemon.update(name, {"PidsLimit": 60, "Memory": 1 * MIB})
    assert bench.host(name) == before


def test_what_the_engine_does_not_know_is_ignored(bench: Bench) -> None:
    name = bench.started("a", Labels={"k": "v"})
    bench.daemon.update(name, {"Labels": {"k": "w"}, "Env": ["A=1"], "Nonsense": 1})
    assert bench.daemon.container(name)["Config"]["Labels"]["k"] == "v"


def test_a_stopped_container_is_updated_too(bench: Bench) -> None:
    name = bench.started("a")
    bench.daemon.stop(name, 0)
    bench.daemon.update(name, {**both(64 * MIB), "PidsLimit": 50})
    assert limits(bench, name) == {**both(64 * MIB), "NanoCpus": 0, "PidsLimit": 50}
