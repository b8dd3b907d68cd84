"""Networks: made, removed, joined and left, by containers in every state."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

import pytest

from reconciler.errors import Conflict, NotFound, Rejected
from tests.support.bench import Bench


def old(bench: Bench) -> bool:
    """Before API 1.44 the engine shows the short id among the aliases, and no other names."""
    return bench.traits.api < (1, 44)


def test_a_network_s_name_is_given_once(bench: Bench) -> None:
    name = bench.network("n")
    with pytest.raises(Conflict, match="already exists"):
        bench.network("n")
    assert bench.found_network(name)["Name"] == name


def test_an_answer_holds_what_was_asked_for(bench: Bench) -> None:
    asked = {"Internal": True, "Attachable": True, "Labels": {"k": "v"}, "Options": {"some.option": "1"}}
    found = bench.found_network(bench.network("n", **asked))
    assert {key: found[key] for key in asked} == asked
    assert (found["Driver"], found["EnableIPv6"], found["IPAM"]["Driver"]) == ("bridge", False, "default")


@pytest.mark.newest
def test_an_unknown_driver_is_not_found(bench: Bench) -> None:
    """Engines look for it for 15 seconds, so both are asked for at once."""
    with ThreadPoolExecutor() as pool:
        network = pool.submit(bench.network, "n", Driver="nobody")
        volume = pool.submit(bench.daemon.create_volume, {"Name": bench.name("v"), "Driver": "nobody"})
    with pytest.raises(NotFound, match="plugin"):
        network.result()
    with pytest.raises(NotFound):
        volume.result()


@pytest.mark.parametrize("name", ["bridge", "host", "none"])
def test_the_engine_s_own_networks_are_there_for_ever(bench: Bench, name: str) -> None:
    assert bench.found_network(name)["Labels"] == {}
    with pytest.raises(Conflict, match="pre-defined"):
        bench.daemon.remove_network(name)
    with pytest.raises(Conflict, match="predefined"):
        bench.daemon.create_network({"Name": name})


def test_removing_a_network_twice_is_not_found_the_second_time(bench: Bench) -> None:
    name = bench.network("n")
    bench.daemon.remove_network(bench.found_network(name)["Id"])
    with pytest.raises(NotFound):
        bench.daemon.remove_network(name)


def test_a_network_that_somebody_runs_on_stays(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    with pytest.raises(Conflict, match="active endpoints"):
        bench.daemon.remove_network(network)
    bench.daemon.stop(name, 0)
    bench.daemon.remove_network(network)


# Endpoints


def test_a_container_that_never_ran_has_no_place_yet(bench: Bench) -> None:
    network = bench.network("n")
    (name, endpoint), *_ = bench.endpoints(bench.made("a", network)).items()
    shown = (endpoint["NetworkID"], endpoint["EndpointID"], endpoint["IPAddress"], endpoint["Aliases"])
    assert (name, *shown) == (network, "", "", "", None)


def test_a_running_container_has_a_place_with_its_names(bench: Bench) -> None:
    network = bench.network("n")
    sent = {"EndpointsConfig": {network: {"Aliases": ["web", "www"]}}}
    name = bench.started("a", network, NetworkingConfig=sent)
    endpoint, short = bench.endpoints(name)[network], bench.daemon.container(name)["Id"][:12]
    assert endpoint["NetworkID"] == bench.found_network(network)["Id"]
    assert endpoint["EndpointID"]
    if old(bench):
        assert endpoint["Aliases"] == ["web", "www", short]
    else:
        assert endpoint["Aliases"] == ["web", "www"]
        assert endpoint["DNSNames"] == [name, "web", "www", short]


def test_without_aliases_only_an_old_engine_shows_some(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    short = bench.daemon.container(name)["Id"][:12]
    assert bench.endpoints(name)[network]["Aliases"] == ([short] if old(bench) else None)


def test_a_stopped_container_keeps_the_network_but_not_its_place(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    bench.daemon.stop(name, 0)
    endpoint = bench.endpoints(name)[network]
    assert endpoint["NetworkID"] == bench.found_network(network)["Id"]
    assert (endpoint["EndpointID"], endpoint["IPAddress"], endpoint["Gateway"]) == ("", "", "")


def test_the_names_follow_a_new_name(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    bench.daemon.rename(name, bench.name("b"))
    names = bench.endpoints(bench.name("b"))[network].get("DNSNames") or [bench.name("b")]
    assert names[0] == bench.name("b")
    assert name not in names


def test_several_networks_at_once_depend_on_the_engine(bench: Bench) -> None:
    networks = sorted([bench.network("n"), bench.network("m")])
    if bench.traits.networks_at_create:
        assert sorted(bench.endpoints(bench.started("a", *networks))) == networks
    else:
        with pytest.raises(Rejected, match="cannot be connected to network endpoints"):
            bench.made("a", *networks)


def test_a_gateway_priority_is_kept_where_there_is_one(bench: Bench) -> None:
    network = bench.network("n")
    sent = {"EndpointsConfig": {network: {"GwPriority": 5}}}
    endpoint = bench.endpoints(bench.made("a", network, NetworkingConfig=sent))[network]
    assert endpoint.get("GwPriority") == (5 if bench.traits.gateway_priority else None)


def test_a_network_may_be_named_by_its_id(bench: Bench) -> None:
    network = bench.network("n")
    identity = bench.found_network(network)["Id"]
    name = bench.started("a", identity)
    assert list(bench.endpoints(name)) == [network]
    assert bench.host(name)["NetworkMode"] == identity


# Joining


def test_a_running_container_joins_with_all_that_was_asked(bench: Bench) -> None:
    first, second = bench.network("n"), bench.network("m")
    name = bench.started("a", first)
    began = bench.state(name)["StartedAt"]
    bench.daemon.connect(second, name, {"Aliases": ["web"], "Links": ["db:database"]})
    endpoint = bench.endpoints(name)[second]
    assert endpoint["EndpointID"]
    assert (endpoint["Aliases"][0], endpoint["Links"]) == ("web", ["db:database"])
    assert bench.state(name)["StartedAt"] == began


def test_a_running_container_joins_only_once(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    before = bench.endpoints(name)
    with pytest.raises(Conflict, match="already exists in network"):
        bench.daemon.connect(network, name, {"Aliases": ["other"]})
    assert bench.endpoints(name) == before


@pytest.mark.parametrize("ran", [False, True])
def test_joining_once_more_at_rest_changes_nothing(bench: Bench, ran: bool) -> None:
    network = bench.network("n")
    name = bench.started("a", network) if ran else bench.made("a", network)
    bench.daemon.stop(name, 0)
    before = bench.endpoints(name)
    bench.daemon.connect(network, name, {"Aliases": ["other"]})
    assert bench.endpoints(name) == before


@pytest.mark.parametrize("ran", [False, True])
def test_who_rests_joins_when_it_starts(bench: Bench, ran: bool) -> None:
    first, second = bench.network("n"), bench.network("m")
    name = bench.started("a", first) if ran else bench.made("a", first)
    bench.daemon.stop(name, 0)
    bench.daemon.connect(second, name, {"Aliases": ["web"]})
    endpoint = bench.endpoints(name)[second]
    assert (endpoint["NetworkID"], endpoint["EndpointID"], endpoint["Aliases"][0]) == ("", "", "web")
    bench.daemon.start(name)
    assert bench.endpoints(name)[second]["EndpointID"]


def test_who_runs_cannot_join_what_is_not_there(bench: Bench) -> None:
    name = bench.started("a")
    with pytest.raises(NotFound):
        bench.daemon.connect(bench.name("nobody"), name, {})
    assert list(bench.endpoints(name)) == ["bridge"]


def test_who_rests_may_be_told_to_join_what_is_not_there_but_cannot_start(bench: Bench) -> None:
    name = bench.made("a")
    bench.daemon.connect(bench.name("later"), name, {})
    assert bench.name("later") in bench.endpoints(name)
    with pytest.raises(NotFound):
        bench.daemon.start(name)
    state = bench.state(name)
    assert (state["Status"], state["ExitCode"]) == ("created", 128)
    assert "not found" in state["Error"]
    bench.network("later")
    bench.daemon.start(name)
    assert bench.state(name)["Error"] == ""


def test_a_paused_container_joins_and_leaves(bench: Bench) -> None:
    first, second = bench.network("n"), bench.network("m")
    name = bench.started("a", first)
    bench.hands.pause(name)
    bench.daemon.connect(second, name, {})
    bench.daemon.disconnect(first, name, force=True)
    assert list(bench.endpoints(name)) == [second]


def test_the_default_bridge_knows_no_aliases(bench: Bench) -> None:
    name = bench.started("a", bench.network("n"))
    with pytest.raises(Rejected, match="user defined networks"):
        bench.daemon.connect("bridge", name, {"Aliases": ["web"]})
    bench.daemon.connect("bridge", name, {})
    endpoint = bench.endpoints(name)["bridge"]
    assert endpoint["EndpointID"]
    assert (endpoint["Aliases"], endpoint.get("DNSNames")) == (None, None)


# Leaving


def test_a_running_container_may_leave_every_network(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    bench.daemon.disconnect(network, name, force=True)
    assert bench.endpoints(name) == {}
    bench.daemon.stop(name, 0)
    bench.daemon.start(name)
    assert bench.endpoints(name) == {}
    assert bench.host(name)["NetworkMode"] == network


@pytest.mark.parametrize("ran", [False, True])
def test_who_rests_leaves_at_once(bench: Bench, ran: bool) -> None:
    network = bench.network("n")
    name = bench.started("a", network) if ran else bench.made("a", network)
    bench.daemon.stop(name, 0)
    bench.daemon.disconnect(network, name, force=True)
    assert bench.endpoints(name) == {}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("runs", [False, True])
def test_nobody_leaves_where_he_is_not(bench: Bench, runs: bool, force: bool) -> None:
    network = bench.network("n")
    name = bench.started("a") if runs else bench.made("a")
    for wanted in (network, bench.name("nobody")):
        with pytest.raises(NotFound):
            bench.daemon.disconnect(wanted, name, force=force)


# Networks that go while somebody rests on them


def test_who_ran_on_a_network_that_was_made_anew_has_to_join_again(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    bench.daemon.stop(name, 0)
    bench.daemon.remove_network(network)
    assert bench.endpoints(name)[network]["NetworkID"]
    with pytest.raises(NotFound):
        bench.daemon.start(name)
    bench.network("n")
    with pytest.raises(NotFound):
        bench.daemon.start(name)
    state = bench.state(name)
    assert (state["Status"], state["ExitCode"]) == ("exited", 137)
    bench.daemon.disconnect(network, name, force=True)
    bench.daemon.connect(network, name, {"Aliases": ["web"]})
    bench.daemon.start(name)
    assert bench.endpoints(name)[network]["NetworkID"] == bench.found_network(network)["Id"]


def test_joining_the_new_network_is_enough_for_who_rests(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.started("a", network)
    bench.daemon.stop(name, 0)
    bench.daemon.remove_network(network)
    bench.network("n")
    bench.daemon.connect(network, name, {"Aliases": ["web"]})
    assert bench.endpoints(name)[network]["Aliases"][0] == "web"
    bench.daemon.start(name)


def test_who_never_ran_does_not_mind_a_network_made_anew(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.made("a", network)
    bench.daemon.remove_network(network)
    with pytest.raises(NotFound):
        bench.daemon.start(name)
    bench.network("n")
    bench.daemon.start(name)


def test_a_newer_engine_needs_the_network_that_a_container_was_made_for(bench: Bench) -> None:
    """Long after that has been left: to attach it to another while it runs, and to start it."""
    made_for, used, other = (bench.network(name) for name in ("a", "b", "c"))
    name = bench.started("x", made_for)
    bench.daemon.connect(used, name, {})
    bench.daemon.disconnect(made_for, name, force=True)
    bench.daemon.remove_network(made_for)
    with _bound(bench):
        bench.daemon.connect(other, name, {})
    bench.daemon.stop(name, 0)
    bench.daemon.connect(other, name, {})
    with _bound(bench):
        bench.daemon.start(name)
    bench.network("a")
    bench.daemon.start(name)
    assert set(bench.endpoints(name)) == {used, other}


def _bound(bench: Bench) -> AbstractContextManager[object]:
    lost = pytest.raises(NotFound, match="could not find a network matching network mode")
    return lost if bench.traits.bound_to_network else nullcontext()


# The stack of the host, of nobody, of another container


def test_who_lives_in_the_host_s_stack_stays_there(bench: Bench) -> None:
    network, name = bench.network("n"), bench.started("a", HostConfig={"NetworkMode": "host"})
    assert list(bench.endpoints(name)) == ["host"]
    assert not bench.daemon.container(name)["Id"].startswith(
        bench.daemon.container(name)["Config"]["Hostname"]
    )
    with pytest.raises(Rejected):
        bench.daemon.connect(network, name, {})
    with pytest.raises(Rejected):
        bench.daemon.disconnect("host", name, force=True)


def test_who_has_no_network_joins_one_only_after_leaving_none(bench: Bench) -> None:
    network, name = bench.network("n"), bench.started("a", HostConfig={"NetworkMode": "none"})
    assert list(bench.endpoints(name)) == ["none"]
    with pytest.raises(Rejected):
        bench.daemon.connect(network, name, {})
    bench.daemon.disconnect("none", name, force=True)
    bench.daemon.connect(network, name, {})
    assert list(bench.endpoints(name)) == [network]


def test_who_lives_in_another_s_stack_has_no_networks(bench: Bench) -> None:
    network = bench.network("n")
    host = bench.started("host", network)
    guest = bench.started("guest", HostConfig={"NetworkMode": f"container:{host}"})
    identity = bench.daemon.container(host)["Id"]
    assert bench.endpoints(guest) == {}
    assert bench.host(guest)["NetworkMode"] == f"container:{identity}"
    assert bench.daemon.container(guest)["Config"]["Hostname"] == identity[:12]
    with pytest.raises(Rejected):
        bench.daemon.connect(network, guest, {})


def test_who_lives_in_another_s_stack_outlives_it_but_cannot_start_again(bench: Bench) -> None:
    host = bench.started("host")
    guest = bench.started("guest", HostConfig={"NetworkMode": f"container:{host}"})
    bench.daemon.remove_container(host, volumes=False)
    assert bench.state(guest)["Status"] == "running"
    bench.daemon.stop(guest, 0)
    gone = Rejected if bench.traits.version.startswith("28") else NotFound
    with pytest.raises(gone, match="No such container"):
        bench.daemon.start(guest)


def test_a_shared_stack_must_run_before_its_guests(bench: Bench) -> None:
    host = bench.made("host")
    guest = bench.made("guest", HostConfig={"NetworkMode": f"container:{host}"})
    with pytest.raises(Conflict, match="non running container"):
        bench.daemon.start(guest)
    bench.daemon.start(host)
    bench.daemon.start(guest)


@pytest.mark.parametrize(
    ("sent", "host"),
    [
        ({"Hostname": "me"}, {}),
        ({"ExposedPorts": {"80/tcp": {}}}, {}),
        ({}, {"PortBindings": {"80/tcp": [{"HostPort": "8080"}]}}),
    ],
)
def test_a_guest_has_no_network_settings_of_its_own(
    bench: Bench, sent: dict[str, object], host: dict[str, object]
) -> None:
    mode = {"NetworkMode": f"container:{bench.made('host')}"}
    with pytest.raises(Rejected, match="conflicting options"):
        bench.made("guest", **sent, HostConfig={**host, **mode})
