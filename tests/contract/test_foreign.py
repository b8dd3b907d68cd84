"""What is not the stack's is left alone: byte for byte the same in inspect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler import address, making
from reconciler.engines.daemon import Json
from reconciler.expand import expand
from tests.contract.samples import BASE, ON_NETWORK
from tests.support.applying import applied, converged, destroyed, planned, units
from tests.support.bench import Bench, sleeper
from topology.models import Attachment, Mount, Network, Service, Stack, Volume

VOLATILE = frozenset({"Status"})
"""In a list: `Up 3 seconds`. Nothing in an inspect answer changes by time alone, without a health check."""


def seen(bench: Bench, prefix: str) -> dict[str, str]:
    """All that the engine tells of containers, networks and volumes whose names begin so."""
    found: dict[str, Json] = {}
    for line in bench.daemon.containers():
        if line["Names"][0].startswith(f"/{prefix}"):
            told = {key: value for key, value in line.items() if key not in VOLATILE}
            found[f"listed {line['Names'][0]}"] = {**told, "Mounts": _sorted(told["Mounts"])}
            inspected = bench.daemon.container(line["Id"])
            found[f"container {line['Names'][0]}"] = {**inspected, "Mounts": _sorted(inspected["Mounts"])}
    for kind, all_of_kind in (("network", bench.daemon.networks()), ("volume", bench.daemon.volumes())):
        found.update({f"{kind} {one['Name']}": one for one in all_of_kind if one["Name"].startswith(prefix)})
    return {name: json.dumps(told, sort_keys=True) for name, told in found.items()}


def _sorted(mounts: list[Json]) -> list[Json]:
    """The engine tells mounts in another order each time."""
    return sorted(mounts, key=lambda one: str(one["Destination"]))


def foreign(bench: Bench, stack: Stack) -> None:
    """Neighbours of all kinds, some of which look a lot like the stack's own."""
    network = bench.network("foreign-net", Labels={"who": "somebody"})
    bench.daemon.create_volume({"Name": bench.name("foreign-vol"), "Labels": {"who": "somebody"}})
    binds = {"Binds": [f"{bench.name('foreign-vol')}:/data"]}
    bench.started("foreign-runs", network, HostConfig=binds, Labels={"who": "somebody"})
    bench.made("foreign-rests", network)
    paused = bench.started("foreign-paused", network)
    bench.hands.pause(paused)
    stopped = bench.started("foreign-stopped")
    bench.daemon.stop(stopped, 0)
    for owner, name in (("somebody-else", "foreign-owner"), ("", "foreign-label")):
        bench.daemon.create_container(bench.name(name), _lookalike(bench, stack, owner))
    labels = {address.STACK: stack.name, address.OWNER: "somebody-else", address.ADDRESS: "network.x"}
    bench.network("foreign-lookalike", Labels=labels)
    bench.daemon.create_volume({"Name": bench.name("foreign-vol2"), "Labels": labels})


def _lookalike(bench: Bench, stack: Stack, owner: str) -> dict[str, Any]:
    """A container with the labels of one of ours, but for its owner."""
    desired = expand(stack, bench.traits)
    labels = making.body(desired, desired.units[address.service("a", 1)])["Labels"]
    kept = {key: value for key, value in labels.items() if key != address.OWNER}
    return sleeper(Labels={**kept, **({address.OWNER: owner} if owner else {})})


def stack_of(bench: Bench, version: str, *names: str) -> Stack:
    mount = Mount(type="volume", source="data", target="/data")
    joined, said = {"one": Attachment()}, {"VERSION": version}
    each = Service(**ON_NETWORK, networks=joined, volumes=(mount,), environment=said)
    return Stack(
        name=bench.prefix,
        services=dict.fromkeys(names, each),
        networks={"one": Network()},
        volumes={"data": Volume()},
    )


def test_neighbours_do_not_notice_a_stack(bench: Bench) -> None:
    first, second = stack_of(bench, "1", "a", "b"), stack_of(bench, "2", "a", "c")
    foreign(bench, first)
    before = seen(bench, bench.name("foreign"))
    assert len(before) == 16
    for stack in (first, second):
        converged(bench.engine, stack)
        assert seen(bench, bench.name("foreign")) == before
    destroyed(bench.engine, second)
    assert seen(bench, bench.name("foreign")) == before
    assert not [name for name in seen(bench, bench.prefix) if bench.name("foreign") not in name]


def test_a_network_of_somebody_else_is_neither_taken_nor_changed(bench: Bench) -> None:
    bench.daemon.create_network({"Name": f"{bench.prefix}_one", "Internal": True})
    before = seen(bench, bench.prefix)
    done = applied(bench.engine, stack_of(bench, "1", "a"))
    (obstacle,) = done.plan.obstacles
    assert "belongs to something other than topo" in obstacle.message
    assert seen(bench, bench.prefix)[f"network {bench.prefix}_one"] == before[f"network {bench.prefix}_one"]


def test_an_external_network_is_used_as_it_is(bench: Bench) -> None:
    network = bench.network("foreign-net", Internal=True)
    bench.started("foreign-runs", network)
    external = {"one": Network(name=network, external=True)}
    stack = Stack(
        name=bench.prefix,
        services={"a": Service(**ON_NETWORK, networks={"one": Attachment()})},
        networks=external,
    )
    before = seen(bench, bench.name("foreign"))
    converged(bench.engine, stack)
    assert seen(bench, bench.name("foreign")) == before
    destroyed(bench.engine, stack)
    assert seen(bench, bench.name("foreign")) == before


def test_a_guest_on_a_network_that_has_to_go_is_an_obstacle(bench: Bench) -> None:
    stack = stack_of(bench, "1", "a")
    converged(bench.engine, stack)
    bench.started("foreign-guest", f"{bench.prefix}_one")
    changed = stack.model_copy(update={"networks": {"one": Network(internal=True)}})
    (obstacle,) = planned(bench.engine, changed).obstacles
    assert bench.name("foreign-guest") in obstacle.message


@pytest.mark.parametrize("gone", ["service", "stack"])
def test_a_guest_keeps_a_network_that_is_no_longer_wanted_and_is_named(bench: Bench, gone: str) -> None:
    """It is not ours to disconnect; all else is done."""
    stack = stack_of(bench, "1", "a")
    converged(bench.engine, stack)
    guest = bench.started("foreign-guest", f"{bench.prefix}_one")
    before = seen(bench, bench.name("foreign"))
    smaller = Stack(name=bench.prefix, services={"b": Service(**BASE)} if gone == "service" else {})
    (fault,) = applied(bench.engine, smaller).faults
    assert "RemoveNetwork" in fault
    assert guest in fault
    assert seen(bench, bench.name("foreign")) == before
    assert len(units(bench.engine, smaller)) == len(smaller.services)
