"""Taking over what Compose or somebody by hand has made: noted, untouched, and from then on the stack's."""

from __future__ import annotations

from typing import Any

from reconciler import address, adopting
from reconciler.adoption import Claim, Wish
from reconciler.allot import allot
from reconciler.diff import Action, Obstacle
from reconciler.executor import execute
from reconciler.expand import expand
from reconciler.plan import Plan
from tests.support.applying import converged, destroyed, left, lives, looked, planned, units
from tests.support.bench import PLAIN, Bench, sleeper
from topology.models import Attachment, Mount, Network, Service, Stack, Volume


def stack_of(bench: Bench, **more: Any) -> Stack:
    mount = Mount(type="volume", source="data", target="/data")
    web = Service(
        image=PLAIN,
        command=("sleep", "1000"),
        stop_signal="SIGKILL",
        networks={"front": Attachment()},
        volumes=(mount, Mount(type="volume", target="/own")),
        environment={"PASSWORD": "x"},
        replicas=2,
        **more,
    )
    return Stack(
        name=bench.prefix, services={"web": web}, networks={"front": Network()}, volumes={"data": Volume()}
    )


def composed(bench: Bench, *numbers: int) -> None:
    """What Compose makes of `stack_of`: names, aliases, mounts and labels in its way."""
    marks = {"com.docker.compose.project": bench.prefix, "com.docker.compose.version": "2.40.3"}
    bench.daemon.create_network({"Name": f"{bench.prefix}_front", "Labels": marks})
    bench.daemon.create_volume({"Name": f"{bench.prefix}_data", "Labels": marks})
    for number in numbers:
        bench.daemon.create_container(f"{bench.prefix}-web-{number}", container(bench, number, marks))
        bench.daemon.start(f"{bench.prefix}-web-{number}")


def container(bench: Bench, number: int, marks: dict[str, str]) -> dict[str, Any]:
    own = {"com.docker.compose.service": "web", "com.docker.compose.container-number": str(number)}
    network, name = f"{bench.prefix}_front", f"{bench.prefix}-web-{number}"
    volume = {"Type": "volume", "Source": f"{bench.prefix}_data", "Target": "/data"}
    return sleeper(
        Labels={**marks, **own, "com.docker.compose.oneoff": "False"},
        Env=["PASSWORD=x"],
        Volumes={"/own": {}},
        HostConfig={"NetworkMode": network, "Mounts": [volume]},
        NetworkingConfig={"EndpointsConfig": {network: {"Aliases": [name, "web"]}}},
    )


def found(bench: Bench, stack: Stack, wish: Wish) -> Plan:
    engine = bench.engine
    wanted = expand(stack, engine.traits)
    there = engine.adoptable(wanted, wish)
    claims = tuple(one for one in there if isinstance(one, Claim))
    refused = tuple(one for one in there if isinstance(one, Obstacle))
    observed = engine.observe(wanted, adopting.provisional(wanted, claims))
    return adopting.adopted(allot(wanted, observed), observed, claims, refused)


def adopted(bench: Bench, stack: Stack, wish: Wish | None = None) -> Plan:
    plan = found(bench, stack, wish or Wish(project=bench.prefix))
    assert execute(plan, bench.engine.run).ok
    return plan


def ids(bench: Bench) -> dict[str, str]:
    return {
        name: raw["Id"] for raw in bench.daemon.containers() for name in raw["Names"] if bench.prefix in name
    }


def test_a_compose_project_is_adopted_as_it_runs(bench: Bench) -> None:
    composed(bench, 1, 2, 3)
    before = ids(bench)
    stack = stack_of(bench)
    assert planned(bench.engine, stack).obstacles
    plan = adopted(bench, stack)
    assert {change.action for change in plan.changes} == {Action.ADOPT}
    assert [str(change.address) for change in plan.changes] == [
        "network.front", "volume.data", "service.web[1]", "service.web[2]",
    ]  # fmt: skip
    assert left(planned(bench.engine, stack)) == []
    assert ids(bench) == before
    assert found(bench, stack, Wish(project=bench.prefix)).steps == ()


def test_what_was_adopted_is_changed_in_place_replaced_and_removed_as_what_topo_made(bench: Bench) -> None:
    composed(bench, 1, 2)
    bench.started("bystander", f"{bench.prefix}_front")
    adopted(bench, stack_of(bench))
    before = lives(units(bench.engine, stack_of(bench)).values())
    more = stack_of(bench, mem_limit=64 << 20)
    converged(bench.engine, more)
    assert lives(units(bench.engine, more).values()) == before

    other = stack_of(bench, mem_limit=64 << 20, hostname="other")
    converged(bench.engine, other)
    assert not lives(units(bench.engine, other).values()) & before

    bench.daemon.remove_container(bench.name("bystander"), volumes=True)
    assert destroyed(bench.engine, other).faults == []
    assert not ids(bench)
    assert not [name for name in bench.volume_names() if bench.prefix in name]


def test_a_container_made_by_hand_is_named_and_gets_the_name_that_the_stack_gives(bench: Bench) -> None:
    stack = Stack(
        name=bench.prefix,
        services={
            "web": Service(
                image=PLAIN, command=("sleep", "1000"), stop_signal="SIGKILL", network_mode="bridge"
            )
        },
    )
    bench.started("by-hand")
    before = set(ids(bench).values())
    at = address.service("web", 1)
    plan = adopted(bench, stack, Wish(project="", containers={at: bench.name("by-hand")}))
    assert [field.name for field in plan.changes[0].fields] == ["name"]
    converged(bench.engine, stack)
    assert ids(bench) == {f"/{bench.prefix}-web-1": before.pop()}


def test_what_belongs_to_another_stack_is_refused(bench: Bench) -> None:
    theirs = Stack(name=bench.name("theirs"), networks={"front": Network(name=f"{bench.prefix}_front")})
    converged(bench.engine, theirs)
    composed_name = f"{bench.prefix}-web-1"
    bench.daemon.create_container(
        composed_name, sleeper(Labels={address.STACK: "them", address.OWNER: "them"})
    )
    plan = found(bench, stack_of(bench), Wish(project=bench.prefix))
    assert [one.message for one in plan.obstacles] == [
        f"{composed_name} belongs to stack them of them",
        f"{bench.prefix}_front belongs to stack {bench.name('theirs')} of {bench.name('theirs')}",
    ]
    absent = Wish(project="", containers={address.service("web", 2): "nobody"})
    assert "there is no container nobody" in str(found(bench, stack_of(bench), absent).obstacles)


def test_where_the_note_is_lost_things_belong_to_others_again_and_stay(bench: Bench) -> None:
    composed(bench, 1, 2)
    stack = stack_of(bench)
    adopted(bench, stack)
    before = ids(bench)
    bench.daemon.remove_volume(f"topo.adopted.{bench.prefix}.1")
    assert destroyed(bench.engine, stack).faults == []
    assert ids(bench) == before
    adopted(bench, stack)
    assert left(planned(bench.engine, stack)) == []
    assert looked(bench.engine, stack)[1].adopted.names == (f"topo.adopted.{bench.prefix}.1",)
