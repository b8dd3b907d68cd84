"""What people change by hand is seen as drift in the next plan; the next apply mends that and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, field

from reconciler import address, making
from reconciler.diff import Action, Cause, UnitChange
from reconciler.errors import Conflict
from reconciler.expand import expand
from tests.contract.samples import BASE, MIB, ON_NETWORK
from tests.support.applying import applied, converged, left, lives, planned, units
from tests.support.bench import PLAIN, Bench
from topology.models import (
    Attachment,
    Build,
    Ipam,
    Mount,
    Network,
    Restart,
    Service,
    Stack,
    Subnet,
    Volume,
)

A, B, C = "service.a[1]", "service.b[1]", "service.c[1]"


def stack_of(bench: Bench) -> Stack:
    """a and b on one, b and c on two; c keeps data."""
    front = {"one": Attachment(aliases=("front",))}
    back = {"two": Attachment()}
    limits = {"mem_limit": 64 * MIB, "cpus": 0.5, "pids_limit": 50, "restart": Restart(policy="on-failure")}
    data = Mount(type="volume", source="data", target="/data")
    return Stack(
        name=bench.prefix,
        services={
            "a": Service(**ON_NETWORK, networks=front, **limits, environment={"MODE": "calm"}),
            "b": Service(**ON_NETWORK, networks={**front, **back}),
            "c": Service(**ON_NETWORK, networks=back, volumes=(data,)),
        },
        networks={"one": Network(), "two": Network()},
        volumes={"data": Volume()},
    )


@pytest.fixture
def standing(shared_bench: Bench) -> Iterator[tuple[Bench, Stack]]:
    """The stack as it should be, whatever the test before has left."""
    stack = stack_of(shared_bench)
    applied(shared_bench.engine, stack)
    assert left(planned(shared_bench.engine, stack)) == []
    yield shared_bench, stack
    for container in shared_bench.daemon.containers():
        if any(name.startswith(f"/{shared_bench.name('foreign')}") for name in container["Names"]):
            shared_bench.daemon.remove_container(container["Id"], volumes=True)


def container(bench: Bench, name: str) -> str:
    return f"{bench.prefix}-{name}-1"


def network(bench: Bench, key: str) -> str:
    return f"{bench.prefix}_{key}"


class Drift(Struct, frozen=True, kw_only=True):
    """Something done by hand, and how it must be seen.

    Attributes:
        seen: address → action, or the names of the fields that differ (networks by their keys).
        replaced: who cannot be mended as it is.
    """

    name: str
    by_hand: Callable[[Bench], None]
    seen: Mapping[str, Action | set[str]]
    replaced: set[str] = field(default_factory=set)
    restarted: set[str] = field(default_factory=set)


def removed(bench: Bench) -> None:
    bench.daemon.remove_container(container(bench, "a"), volumes=False)


def stopped(bench: Bench) -> None:
    bench.daemon.stop(container(bench, "a"), 0)


def killed(bench: Bench) -> None:
    bench.hands.kill(container(bench, "b"))


def paused(bench: Bench) -> None:
    bench.hands.pause(container(bench, "a"))


def renamed(bench: Bench) -> None:
    bench.daemon.rename(container(bench, "a"), bench.name("called-otherwise"))


def disconnected(bench: Bench) -> None:
    bench.daemon.disconnect(network(bench, "two"), container(bench, "b"), force=False)


def disconnected_from_all(bench: Bench) -> None:
    bench.daemon.disconnect(network(bench, "one"), container(bench, "b"), force=False)
    bench.daemon.disconnect(network(bench, "two"), container(bench, "b"), force=False)


def connected_elsewhere(bench: Bench) -> None:
    bench.daemon.connect("bridge", container(bench, "a"), {})


def connected_to_another_of_ours(bench: Bench) -> None:
    bench.daemon.connect(network(bench, "two"), container(bench, "a"), {})


def reconnected(bench: Bench, **endpoint: Any) -> None:
    bench.daemon.disconnect(network(bench, "one"), container(bench, "a"), force=False)
    bench.daemon.connect(network(bench, "one"), container(bench, "a"), endpoint)


def reconnected_without_its_alias(bench: Bench) -> None:
    reconnected(bench, Aliases=["a"])


def reconnected_with_another_alias(bench: Bench) -> None:
    reconnected(bench, Aliases=["a", "front", "more"])


def reconnected_with_a_link(bench: Bench) -> None:
    reconnected(bench, Aliases=["a", "front"], Links=["b:store"])


def paused_and_disconnected(bench: Bench) -> None:
    paused(bench)
    bench.daemon.disconnect(network(bench, "one"), container(bench, "a"), force=False)


def stopped_and_disconnected(bench: Bench) -> None:
    stopped(bench)
    bench.daemon.disconnect(network(bench, "one"), container(bench, "a"), force=False)


def stopped_and_renamed(bench: Bench) -> None:
    stopped(bench)
    renamed(bench)


def updated(**limits: Any) -> Callable[[Bench], None]:
    return lambda bench: bench.daemon.update(container(bench, "a"), limits)


def given_a_limit(bench: Bench) -> None:
    bench.daemon.update(container(bench, "b"), {"Memory": 64 * MIB, "MemorySwap": 128 * MIB})


def network_removed(bench: Bench) -> None:
    for name in ("a", "b"):
        bench.daemon.disconnect(network(bench, "one"), container(bench, name), force=True)
    bench.daemon.remove_network(network(bench, "one"))


def network_removed_under_the_stopped(bench: Bench) -> None:
    for name in ("a", "b"):
        bench.daemon.stop(container(bench, name), 0)
    bench.daemon.remove_network(network(bench, "one"))


def network_made_internal(bench: Bench) -> None:
    """The same labels, but another network."""
    labels = bench.found_network(network(bench, "one"))["Labels"]
    network_removed(bench)
    bench.daemon.create_network({"Name": network(bench, "one"), "Labels": labels, "Internal": True})


def volume_removed(bench: Bench) -> None:
    bench.daemon.remove_container(container(bench, "c"), volumes=False)
    bench.daemon.remove_volume(network(bench, "data"))


def made_otherwise(bench: Bench) -> None:
    """Somebody put another container in its place, labels and all."""
    name, stack = container(bench, "a"), stack_of(bench)
    desired = expand(stack, bench.traits)
    body = making.body(desired, desired.units[address.service("a", 1)])
    bench.daemon.remove_container(name, volumes=False)
    bench.daemon.create_container(name, {**body, "Env": ["MODE=wild"], "Cmd": ["2000"]})
    bench.daemon.start(name)


def doubled(bench: Bench) -> None:
    """A copy with all labels."""
    desired = expand(stack_of(bench), bench.traits)
    body = making.body(desired, desired.units[address.service("a", 1)])
    bench.daemon.create_container(bench.name("copy"), body)


DRIFTS = (
    Drift(name="removed", by_hand=removed, seen={A: Action.CREATE}, replaced={A}),
    Drift(name="stopped", by_hand=stopped, seen={A: {"state"}}, restarted={A}),
    Drift(name="killed", by_hand=killed, seen={B: {"state"}}, restarted={B}),
    Drift(name="paused", by_hand=paused, seen={A: {"state"}}),
    Drift(name="renamed", by_hand=renamed, seen={A: {"name"}}),
    Drift(name="disconnected", by_hand=disconnected, seen={B: {"networks.two"}}),
    Drift(
        name="disconnected from all",
        by_hand=disconnected_from_all,
        seen={B: {"networks.one", "networks.two"}},
    ),
    Drift(name="connected elsewhere", by_hand=connected_elsewhere, seen={A: {"networks.bridge"}}),
    Drift(
        name="connected to another of ours",
        by_hand=connected_to_another_of_ours,
        seen={A: {"networks.two"}},
    ),
    Drift(name="without alias", by_hand=reconnected_without_its_alias, seen={A: {"networks.one"}}),
    Drift(name="another alias", by_hand=reconnected_with_another_alias, seen={A: {"networks.one"}}),
    Drift(name="a link", by_hand=reconnected_with_a_link, seen={A: {"networks.one"}}),
    Drift(
        name="paused and disconnected",
        by_hand=paused_and_disconnected,
        seen={A: {"networks.one", "state"}},
    ),
    Drift(
        name="stopped and disconnected",
        by_hand=stopped_and_disconnected,
        seen={A: {"networks.one", "state"}},
        restarted={A},
    ),
    Drift(
        name="stopped and renamed", by_hand=stopped_and_renamed, seen={A: {"name", "state"}}, restarted={A}
    ),
    Drift(
        name="memory",
        by_hand=updated(Memory=32 * MIB, MemorySwap=64 * MIB),
        seen={A: {"mem_limit"}},
    ),
    Drift(name="cpus", by_hand=updated(NanoCpus=250_000_000), seen={A: {"cpus"}}),
    Drift(name="processes", by_hand=updated(PidsLimit=0), seen={A: {"pids_limit"}}),
    Drift(name="restart policy", by_hand=updated(RestartPolicy={"Name": "no"}), seen={A: {"restart"}}),
    Drift(
        name="a limit that cannot be lifted",
        by_hand=given_a_limit,
        seen={B: {"mem_limit"}},
        replaced={B},
    ),
    Drift(
        name="network removed",
        by_hand=network_removed,
        seen={"network.one": Action.CREATE, A: {"networks.one"}, B: {"networks.one"}},
    ),
    Drift(
        name="network removed under the stopped",
        by_hand=network_removed_under_the_stopped,
        seen={"network.one": Action.CREATE, A: {"networks.one", "state"}, B: {"networks.one", "state"}},
        restarted={A, B},
    ),
    Drift(
        name="network made internal",
        by_hand=network_made_internal,
        seen={"network.one": {"internal"}, A: {"networks.one"}, B: {"networks.one"}},
    ),
    Drift(
        name="volume removed",
        by_hand=volume_removed,
        seen={"volume.data": Action.CREATE, C: Action.CREATE},
        replaced={C},
    ),
    Drift(
        name="made otherwise",
        by_hand=made_otherwise,
        seen={A: {"command", "environment.MODE"}},
        replaced={A},
    ),
)


def seen_in(bench: Bench, stack: Stack) -> dict[str, Action | set[str]]:
    """Each change of the next plan: its fields, or its action where it has none."""
    found: dict[str, Action | set[str]] = {}
    for change in planned(bench.engine, stack).changes:
        names = {one.name.replace(f".{bench.prefix}_", ".") for one in change.fields}
        found[str(change.address)] = names or change.action
        causes = {one.cause for one in change.fields}
        assert causes <= {Cause.DRIFT}, change
    return found


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: str(drift.name).replace(" ", "-"))
def test_drift_is_seen_as_such_and_mended(standing: tuple[Bench, Stack], drift: Drift) -> None:
    bench, stack = standing
    before = units(bench.engine, stack)
    drift.by_hand(bench)
    now = {str(unit.address): unit for unit in bench.engine.observe(expand(stack, bench.traits)).units}

    assert seen_in(bench, stack) == drift.seen
    converged(bench.engine, stack)

    after = units(bench.engine, stack)
    for at, unit in before.items():
        if at in drift.replaced:
            assert after[at].id != unit.id
            assert at not in now or after[at].id != now[at].id
        elif at in drift.restarted:
            assert (after[at].id, after[at].started_at > unit.started_at) == (unit.id, True)
        else:
            assert lives([after[at]]) == lives([unit])


def test_a_copy_goes_and_the_original_stays(standing: tuple[Bench, Stack]) -> None:
    bench, stack = standing
    before = lives(units(bench.engine, stack).values())
    doubled(bench)
    (change,) = planned(bench.engine, stack).changes
    assert isinstance(change, UnitChange)
    assert [unit.name for unit in change.leftovers] == [bench.name("copy")]
    converged(bench.engine, stack)
    assert lives(units(bench.engine, stack).values()) == before


def test_a_name_taken_by_somebody_else_is_an_obstacle(standing: tuple[Bench, Stack]) -> None:
    bench, stack = standing
    renamed(bench)
    bench.daemon.create_container(container(bench, "a"), {"Image": PLAIN, "Labels": {"who": "foreign"}})
    (obstacle,) = planned(bench.engine, stack).obstacles
    assert container(bench, "a") in obstacle.message
    bench.daemon.remove_container(container(bench, "a"), volumes=False)
    converged(bench.engine, stack)


def test_a_network_made_by_somebody_else_is_an_obstacle(standing: tuple[Bench, Stack]) -> None:
    bench, stack = standing
    network_removed(bench)
    bench.daemon.create_network({"Name": network(bench, "one")})
    (obstacle,) = planned(bench.engine, stack).obstacles
    assert network(bench, "one") in obstacle.message
    bench.daemon.remove_network(network(bench, "one"))
    converged(bench.engine, stack)


def test_a_joining_that_failed_is_seen_and_mended(bench: Bench) -> None:
    """The engine keeps the wish on record, and shows a network that the container is not on."""
    fixed = Attachment(ipv4_address="10.254.9.10")
    stack = Stack(
        name=bench.prefix,
        services={"a": Service(**ON_NETWORK, networks={"one": fixed, "two": Attachment()})},
        networks={"one": Network(ipam=Ipam(config=(Subnet(subnet="10.254.9.0/24"),))), "two": Network()},
    )
    converged(bench.engine, stack)
    before = units(bench.engine, stack)
    one, name = network(bench, "one"), container(bench, "a")
    sent = {key: bench.endpoints(name)[one][key] for key in ("Aliases", "IPAMConfig")}
    bench.daemon.disconnect(one, name, force=False)
    squatter = bench.made("squatter", one, NetworkingConfig={"EndpointsConfig": {one: sent}})
    bench.daemon.start(squatter)
    with pytest.raises(Conflict, match="Address already in use"):
        bench.daemon.connect(one, name, sent)
    bench.daemon.remove_container(squatter, volumes=False)

    assert seen_in(bench, stack) == {A: {"networks.one"}}
    converged(bench.engine, stack)
    assert bench.endpoints(name)[one]["EndpointID"]
    assert lives(units(bench.engine, stack).values()) == lives(before.values())


def test_a_new_image_under_the_old_name_is_an_image_that_changed(bench: Bench, tmp_path: Path) -> None:
    image, file = bench.name("image"), tmp_path / "Dockerfile"
    stack = Stack(name=bench.prefix, services={"a": Service(**{**BASE, "image": image})})
    for content in ("FROM busybox:latest\n", "FROM busybox:latest\nLABEL new=yes\n"):
        file.write_text(content)
        bench.daemon.build(image, Build(context=str(tmp_path)), {})
        (change,) = planned(bench.engine, stack).changes
        fields = {(one.name, one.cause) for one in change.fields if one.name == "image"}
        converged(bench.engine, stack)
    assert fields == {("image", Cause.IMAGE)}


@pytest.mark.parametrize(
    ("ignored", "left_over"),
    [
        ((), ["networks", "restart"]),
        (("restart",), ["networks"]),
        (("restart", "networks.{prefix}-others"), []),
        (("restart", "networks"), []),
    ],
)
def test_what_others_manage_is_left_to_them(
    bench: Bench, ignored: tuple[str, ...], left_over: list[str]
) -> None:
    names = tuple(name.format(prefix=bench.prefix) for name in ignored)
    service = Service(**ON_NETWORK, networks={"n": Attachment()}, ignore=names)
    stack = Stack(name=bench.prefix, services={"a": service}, networks={"n": Network()})
    converged(bench.engine, stack)
    bench.daemon.update(f"{bench.prefix}-a-1", {"RestartPolicy": {"Name": "always"}})
    bench.daemon.connect(bench.network("others"), f"{bench.prefix}-a-1", {})
    fields = [
        one.name.partition(".")[0] for change in planned(bench.engine, stack).changes for one in change.fields
    ]
    assert sorted(fields) == left_over
