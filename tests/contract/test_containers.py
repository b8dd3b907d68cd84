"""Containers: made, started, stopped, paused, renamed, removed."""

from __future__ import annotations

import pytest

from reconciler.errors import Conflict, NotFound, Rejected
from tests.support.bench import Bench
from tests.support.waiting import eventually

NEVER = "0001-01-01T00:00:00Z"


def test_a_signal_reaches_only_who_runs(bench: Bench) -> None:
    name = bench.started("a")
    bench.daemon.signal(name, "HUP")  # which a first process does not hear unless it asks for it
    assert bench.state(name)["Status"] == "running"
    bench.daemon.signal(name, "KILL")
    assert bench.state_when(name, lambda state: not state["Running"])["ExitCode"] == 137
    with pytest.raises(Conflict):
        bench.daemon.signal(name, "HUP")
    with pytest.raises(NotFound):
        bench.daemon.signal(bench.name("none"), "HUP")


def test_a_command_runs_in_a_running_container_and_tells_how_it_ended(bench: Bench) -> None:
    name = bench.started("a")
    assert bench.daemon.execute(name, ["true"]) == (0, "")
    assert bench.daemon.execute(name, ["sh", "-c", "exit 3"]) == (3, "")
    bench.hands.pause(name)
    with pytest.raises(Conflict):
        bench.daemon.execute(name, ["true"])
    bench.daemon.unpause(name)
    bench.daemon.stop(name, 0)
    with pytest.raises(Conflict):
        bench.daemon.execute(name, ["true"])


def test_a_name_is_given_once(bench: Bench) -> None:
    name = bench.made("a")
    with pytest.raises(Conflict, match="already in use"):
        bench.made("a")
    assert [one["Names"] for one in bench.daemon.containers() if f"/{name}" in one["Names"]] == [[f"/{name}"]]


@pytest.mark.parametrize("name", ["x", "a b", "-a"])
def test_a_name_that_is_none_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(Rejected, match="Invalid container name"):
        bench.daemon.create_container(name, {"Image": "busybox:latest"})


def test_an_image_that_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound, match="No such image"):
        bench.made("a", Image="topo-test/nobody:1")


def test_without_any_command_nothing_is_made(bench: Bench) -> None:
    with pytest.raises(Rejected, match=r"(?i)no command specified"):
        bench.made("a", Entrypoint=[""], Cmd=[])
    with pytest.raises(NotFound):
        bench.daemon.container(bench.name("a"))


def test_a_container_is_found_by_id_by_name_and_by_the_beginning_of_its_id(bench: Bench) -> None:
    name = bench.made("a")
    whole = bench.daemon.container(name)["Id"]
    assert bench.daemon.container(whole)["Name"] == f"/{name}"
    assert bench.daemon.container(whole[:12])["Id"] == whole


def test_a_new_container_has_never_run(bench: Bench) -> None:
    state = bench.state(bench.made("a"))
    assert (state["Status"], state["StartedAt"], state["ExitCode"], state["Error"]) == (
        "created",
        NEVER,
        0,
        "",
    )


def test_starting_twice_is_fine_and_changes_nothing(bench: Bench) -> None:
    name = bench.started("a")
    began = bench.state(name)["StartedAt"]
    bench.daemon.start(name)
    assert bench.state(name)["StartedAt"] == began != NEVER


def test_stopping_twice_is_fine(bench: Bench) -> None:
    name = bench.started("a")
    bench.daemon.stop(name, 0)
    bench.daemon.stop(name, 0)
    state = bench.state(name)
    assert (state["Status"], state["Running"], state["ExitCode"]) == ("exited", False, 137)


def test_what_never_ran_can_be_stopped(bench: Bench) -> None:
    name = bench.made("a")
    bench.daemon.stop(name, 0)
    assert bench.state(name)["Status"] == "created"


def test_each_start_has_its_own_moment(bench: Bench) -> None:
    name = bench.started("a")
    first = bench.state(name)
    bench.daemon.stop(name, 0)
    bench.daemon.start(name)
    again = bench.state(name)
    assert first["StartedAt"] < again["FinishedAt"] < again["StartedAt"]


def test_removing_twice_is_not_found_the_second_time(bench: Bench) -> None:
    name = bench.started("a")
    bench.daemon.remove_container(name, volumes=False)
    with pytest.raises(NotFound):
        bench.daemon.remove_container(name, volumes=False)
    with pytest.raises(NotFound):
        bench.daemon.container(name)


def test_what_is_gone_is_not_found_by_any_call(bench: Bench) -> None:
    nobody = bench.name("nobody")
    for call in (
        lambda: bench.daemon.container(nobody),
        lambda: bench.daemon.start(nobody),
        lambda: bench.daemon.stop(nobody, 0),
        lambda: bench.daemon.unpause(nobody),
        lambda: bench.daemon.rename(nobody, bench.name("other")),
        lambda: bench.daemon.update(nobody, {"PidsLimit": 5}),
        lambda: bench.daemon.connect("bridge", nobody, {}),
        lambda: bench.daemon.disconnect("bridge", nobody, force=True),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_paused_container_counts_as_running_and_can_go_on(bench: Bench) -> None:
    name = bench.started("a")
    began = bench.state(name)["StartedAt"]
    bench.hands.pause(name)
    state = bench.state(name)
    assert (state["Status"], state["Running"], state["Paused"]) == ("paused", True, True)
    bench.daemon.unpause(name)
    assert eventually(lambda: bench.state(name)["Status"] == "running"), "the engine may be a moment late"
    assert bench.state(name)["StartedAt"] == began


def test_a_paused_container_cannot_be_started(bench: Bench) -> None:
    name = bench.started("a")
    bench.hands.pause(name)
    with pytest.raises(Conflict, match="paused"):
        bench.daemon.start(name)


def test_a_paused_container_can_be_stopped_renamed_and_removed(bench: Bench) -> None:
    name = bench.started("a")
    bench.hands.pause(name)
    bench.daemon.rename(name, bench.name("b"))
    bench.daemon.stop(bench.name("b"), 0)
    assert bench.state(bench.name("b"))["Status"] == "exited"
    bench.daemon.start(bench.name("b"))
    bench.hands.pause(bench.name("b"))
    bench.daemon.remove_container(bench.name("b"), volumes=False)
    with pytest.raises(NotFound):
        bench.daemon.container(bench.name("b"))


def test_only_a_paused_container_can_be_unpaused(bench: Bench) -> None:
    for name in (bench.made("a"), bench.started("b")):
        with pytest.raises(Rejected, match="not paused"):
            bench.daemon.unpause(name)


def test_a_new_name_is_all_that_renaming_changes(bench: Bench) -> None:
    name = bench.started("a")
    before = bench.daemon.container(name)
    bench.daemon.rename(name, bench.name("b"))
    after = bench.daemon.container(bench.name("b"))
    assert (after["Id"], after["State"]["StartedAt"]) == (before["Id"], before["State"]["StartedAt"])
    with pytest.raises(NotFound):
        bench.daemon.container(name)


def test_a_name_that_is_taken_cannot_be_taken_over(bench: Bench) -> None:
    first, second = bench.made("a"), bench.made("b")
    with pytest.raises(Conflict, match="already in use"):
        bench.daemon.rename(first, second)
    with pytest.raises(Rejected, match="same name"):
        bench.daemon.rename(first, first)
    with pytest.raises(Rejected, match="Invalid container name"):
        bench.daemon.rename(first, "a b")


@pytest.mark.parametrize(("command", "code"), [(["true"], 0), (["false"], 1), (["sh", "-c", "exit 3"], 3)])
def test_a_program_that_ends_leaves_its_code(bench: Bench, command: list[str], code: int) -> None:
    name = bench.started("a", Cmd=command)
    assert eventually(lambda: bench.state(name)["Status"] == "exited")
    assert bench.state(name)["ExitCode"] == code


def test_a_program_that_ends_and_must_not_is_restarted(bench: Bench) -> None:
    name = bench.started("a", Cmd=["false"], HostConfig={"RestartPolicy": {"Name": "always"}})
    state = bench.state_when(name, lambda state: state["Status"] == "restarting")
    assert (state["Running"], state["Restarting"], state["ExitCode"]) == (True, True, 1)
    bench.daemon.stop(name, 0)
    assert bench.state(name)["Status"] == "exited"


def test_on_failure_means_only_on_failure(bench: Bench) -> None:
    name = bench.started("a", Cmd=["true"], HostConfig={"RestartPolicy": {"Name": "on-failure"}})
    assert eventually(lambda: bench.state(name)["Status"] == "exited")


def test_a_list_tells_names_labels_and_networks_of_every_container(bench: Bench) -> None:
    network = bench.network("n")
    name = bench.made("a", network, Labels={"k": "v"})
    (line,) = [one for one in bench.daemon.containers() if one["Id"] == bench.daemon.container(name)["Id"]]
    assert (line["Names"], line["Labels"]["k"], line["State"]) == ([f"/{name}"], "v", "created")
    assert list(line["NetworkSettings"]["Networks"]) == [network]


def test_a_container_is_called_by_its_short_id_unless_it_has_a_hostname(bench: Bench) -> None:
    plain, named = (bench.daemon.container(one) for one in (bench.made("a"), bench.made("b", Hostname="me")))
    assert plain["Config"]["Hostname"] == plain["Id"][:12]
    assert named["Config"]["Hostname"] == "me"


def test_the_engine_s_own_settings_are_the_same_for_everybody(bench: Bench) -> None:
    host = bench.host(bench.made("a"))
    old = bench.traits.api < (1, 44)
    assert host["RestartPolicy"] == {"Name": "" if old else "no", "MaximumRetryCount": 0}
    assert host["NetworkMode"] == ("default" if old else "bridge")
    assert (host["Memory"], host["NanoCpus"], host["PidsLimit"], host.get("Init")) == (0, 0, None, None)
    assert (host["Binds"], host["CapAdd"], host["ExtraHosts"], host["Privileged"]) == (
        None,
        None,
        None,
        False,
    )


def test_host_settings_come_back_as_they_were_sent(bench: Bench) -> None:
    sent = {
        "CapAdd": ["NET_ADMIN"],
        "CapDrop": ["CHOWN"],
        "Tmpfs": {"/scratch": "size=1m"},
        "ExtraHosts": ["elsewhere:10.9.8.7"],
        "Init": True,
        "ReadonlyRootfs": True,
        "PidsLimit": 50,
    }
    host = bench.host(bench.made("a", HostConfig=sent))
    assert {key: host[key] for key in sent} == sent
