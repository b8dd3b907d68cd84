"""Moving a service between networks keeps its container; a new image replaces that service and no other."""

from __future__ import annotations

from reconciler.diff import Action, UnitChange
from tests.contract.samples import ON_NETWORK
from tests.support.applying import converged, left, lives, planned, units
from tests.support.bench import Bench
from tests.support.waiting import eventually
from topology.models import Attachment, Network, Service, Stack

SERVER = {
    **ON_NETWORK,
    "entrypoint": ("sh", "-c"),
    "command": ("mkdir -p /w && echo hello >/w/index.html && exec httpd -f -p 80 -h /w",),
}


def stack_of(bench: Bench, *joined: str, version: str = "1") -> Stack:
    """A client on one, a server on two, and a mover on some of them."""
    client = Service(**ON_NETWORK, networks={"one": Attachment()})
    server = Service(**SERVER, networks={"two": Attachment(aliases=("store",))})
    networks = {name: Attachment() for name in joined}
    mover = Service(**ON_NETWORK, networks=networks, environment={"VERSION": version})
    return Stack(
        name=bench.prefix,
        services={"client": client, "server": server, "mover": mover},
        networks={"one": Network(), "two": Network()},
    )


def resolves(bench: Bench, host: str) -> bool:
    """Whether the mover finds a name, and a server behind it. A model has no programs to ask."""
    if bench.lab is None:
        return True
    with bench.lab.client() as client:
        command = ["timeout", "3", "wget", "-q", "-O", "-", f"http://{host}/"]
        found = client.containers.get(f"{bench.prefix}-mover-1").exec_run(command)
    return bool(found.exit_code == 0 and found.output == b"hello\n")


def test_a_service_moves_onto_a_network_and_off_it_without_a_restart(bench: Bench) -> None:
    converged(bench.engine, stack_of(bench, "one"))
    before = lives(units(bench.engine, stack_of(bench, "one")).values())

    (change,) = planned(bench.engine, stack_of(bench, "one", "two")).changes
    assert (str(change.address), change.action) == ("service.mover[1]", Action.RECONNECT)
    converged(bench.engine, stack_of(bench, "one", "two"))
    assert lives(units(bench.engine, stack_of(bench, "one", "two")).values()) == before
    assert eventually(lambda: resolves(bench, "server") and resolves(bench, "store"))

    converged(bench.engine, stack_of(bench, "two"))
    assert lives(units(bench.engine, stack_of(bench, "two")).values()) == before
    assert resolves(bench, "server")

    converged(bench.engine, stack_of(bench, "one"))
    assert lives(units(bench.engine, stack_of(bench, "one")).values()) == before
    assert list(bench.endpoints(f"{bench.prefix}-mover-1")) == [f"{bench.prefix}_one"]
    if bench.lab is not None:
        assert not resolves(bench, "server")


def test_a_move_is_called_a_change_of_the_stack_and_later_drift_is_called_drift(bench: Bench) -> None:
    converged(bench.engine, stack_of(bench, "one"))
    (change,) = planned(bench.engine, stack_of(bench, "two")).changes
    assert {one.cause.value for one in change.fields} == {"stack changed"}
    converged(bench.engine, stack_of(bench, "two"))
    bench.daemon.disconnect(f"{bench.prefix}_two", f"{bench.prefix}-mover-1", force=True)
    (change,) = planned(bench.engine, stack_of(bench, "two")).changes
    assert {one.cause.value for one in change.fields} == {"drifted"}


def test_who_moves_off_a_network_that_goes_can_still_start_and_move_on(bench: Bench) -> None:
    """A newer engine neither starts nor attaches a container without the network that it was made for."""

    def on(network: str) -> Stack:
        mover = Service(**ON_NETWORK, networks={network: Attachment()})
        return Stack(name=bench.prefix, services={"mover": mover}, networks={network: Network()})

    action = Action.REPLACE if bench.traits.bound_to_network else Action.RECONNECT
    converged(bench.engine, on("one"))
    for network in ("one_more", "one_more_again"):
        made = converged(bench.engine, on(network))
        assert [change.action for change in made.plan.changes if isinstance(change, UnitChange)] == [action]
        bench.daemon.stop(f"{bench.prefix}-mover-1", 0)
        bench.daemon.start(f"{bench.prefix}-mover-1")
        assert left(planned(bench.engine, on(network))) == []


def test_another_version_replaces_exactly_that_service(bench: Bench) -> None:
    stack, newer = stack_of(bench, "one"), stack_of(bench, "one", version="2")
    converged(bench.engine, stack)
    before = units(bench.engine, stack)
    assert [str(change.address) for change in planned(bench.engine, newer).changes] == ["service.mover[1]"]
    converged(bench.engine, newer)
    after = units(bench.engine, newer)
    same = {at for at, unit in before.items() if lives([unit]) == lives([after[at]])}
    assert same == {"service.client[1]", "service.server[1]"}
    assert after["service.mover[1]"].name == before["service.mover[1]"].name
    assert left(planned(bench.engine, newer)) == []
