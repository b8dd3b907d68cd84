"""Volumes and mounts."""

from __future__ import annotations

import re

import pytest

from reconciler.engines.daemon import Json
from reconciler.errors import Conflict, NotFound, Rejected
from reconciler.executor import execute
from reconciler.planner import teardown
from tests.contract.samples import BASE
from tests.support.applying import converged, destroyed, looked, units
from tests.support.bench import RICH, Bench
from topology.models import Mount, Service, Stack

ANONYMOUS = re.compile(r"[0-9a-f]{64}")


def mounts(bench: Bench, name: str) -> dict[str, Json]:
    return {one["Destination"]: one for one in bench.daemon.container(name)["Mounts"]}


def volume_of(mount: Json) -> str:
    """28.5 tells some anonymous volumes only by their path."""
    return str(mount["Source"]).removesuffix("/_data").rpartition("/")[2]


def binds(*texts: str) -> dict[str, list[str]]:
    return {"Binds": list(texts)}


def test_a_volume_has_the_labels_of_whoever_was_first(bench: Bench) -> None:
    name = bench.name("v")
    first = bench.daemon.create_volume({"Name": name, "Labels": {"k": "first"}})
    second = bench.daemon.create_volume({"Name": name, "Labels": {"k": "second"}})
    assert first["Labels"] == second["Labels"] == {"k": "first"}
    (found,) = [one for one in bench.daemon.volumes() if one["Name"] == name]
    assert (found["Labels"], found["Driver"], found["Options"]) == ({"k": "first"}, "local", None)


def test_removing_a_volume_twice_is_not_found_the_second_time(bench: Bench) -> None:
    name = bench.name("v")
    bench.daemon.create_volume({"Name": name})
    bench.daemon.remove_volume(name)
    with pytest.raises(NotFound):
        bench.daemon.remove_volume(name)


def test_a_volume_that_anybody_mounts_stays(bench: Bench) -> None:
    volume = bench.name("v")
    name = bench.made("a", HostConfig=binds(f"{volume}:/data"))
    with pytest.raises(Conflict, match="in use"):
        bench.daemon.remove_volume(volume)
    bench.daemon.remove_container(name, volumes=True)
    assert volume in bench.volume_names()
    bench.daemon.remove_volume(volume)


def test_a_mounted_volume_is_made_without_labels(bench: Bench) -> None:
    volume = bench.name("v")
    bench.made("a", HostConfig=binds(f"{volume}:/data"))
    (found,) = [one for one in bench.daemon.volumes() if one["Name"] == volume]
    assert not found["Labels"]


def test_mounts_say_what_is_where_and_whether_it_may_be_written(bench: Bench) -> None:
    volume = bench.name("v")
    name = bench.made(
        "a", HostConfig=binds(f"{volume}:/data:ro", f"{bench.folder}:/host", f"{bench.folder}:/h2:ro")
    )
    found = mounts(bench, name)
    told = {target: (one["Type"], one.get("Name", ""), one["RW"]) for target, one in found.items()}
    assert told == {
        "/data": ("volume", volume, False),
        "/host": ("bind", "", True),
        "/h2": ("bind", "", False),
    }
    assert found["/host"]["Source"] == str(bench.folder)


def test_binds_come_back_as_they_were_sent(bench: Bench) -> None:
    sent = [f"{bench.name('v')}:/data:ro", "/anonymous"]
    assert bench.host(bench.made("a", HostConfig=binds(*sent)))["Binds"] == sent


@pytest.mark.parametrize("bind", ["/anonymous:ro", "x:relative", "x:/a:nonsense", "a:/b:ro:more"])
def test_a_bind_that_is_none_is_refused(bench: Bench, bind: str) -> None:
    with pytest.raises(Rejected, match=r"(?i)invalid"):
        bench.made("a", HostConfig=binds(bind))


def test_a_lone_path_is_an_anonymous_volume_that_can_go_with_its_container(bench: Bench) -> None:
    name = bench.made("a", HostConfig=binds("/data"))
    volume = volume_of(mounts(bench, name)["/data"])
    assert ANONYMOUS.fullmatch(volume)
    assert volume in bench.volume_names()
    bench.daemon.remove_container(name, volumes=True)
    assert volume not in bench.volume_names()


def test_an_anonymous_volume_stays_unless_asked(bench: Bench) -> None:
    name = bench.made("a", HostConfig=binds("/data"))
    volume = volume_of(mounts(bench, name)["/data"])
    bench.daemon.remove_container(name, volumes=False)
    assert volume in bench.volume_names()
    bench.daemon.remove_volume(volume)


def test_an_image_s_volume_is_anonymous_unless_something_else_is_there(bench: Bench) -> None:
    plain = bench.made("a", Image=RICH)
    assert ANONYMOUS.fullmatch(volume_of(mounts(bench, plain)["/keep"]))
    named = bench.made("b", Image=RICH, HostConfig=binds(f"{bench.name('v')}:/keep"))
    assert mounts(bench, named)["/keep"]["Name"] == bench.name("v")


def test_an_anonymous_volume_handed_on_belongs_to_nobody(bench: Bench) -> None:
    first = bench.made("a", HostConfig=binds("/data"))
    volume = volume_of(mounts(bench, first)["/data"])
    second = bench.made("b", HostConfig=binds(f"{volume}:/data"))
    bench.daemon.remove_container(second, volumes=True)
    assert volume in bench.volume_names()
    bench.daemon.remove_container(first, volumes=True)
    assert volume not in bench.volume_names()


def test_a_destroy_takes_anonymous_volumes_along_only_with_the_others(bench: Bench) -> None:
    def stack(grade: str) -> Stack:
        mount = Mount(type="volume", target="/data")
        service = Service(**BASE, volumes=(mount,), environment={"GRADE": grade})
        return Stack(name=bench.prefix, services={"web": service})

    converged(bench.engine, stack("first"))
    converged(bench.engine, stack("second"))  # which was handed the volume of the first
    (web,) = units(bench.engine, stack("second")).values()
    kept = set(web.anonymous.values())
    assert len(kept) == 1
    execute(teardown(*looked(bench.engine, stack("second")), bench.engine, volumes=False), bench.engine.run)
    assert kept <= bench.volume_names()

    converged(bench.engine, stack("third"))
    (web,) = units(bench.engine, stack("third")).values()
    done = destroyed(bench.engine, stack("third"))
    (removal,) = done.plan.changes
    assert removal.reason == "asked for, with the data at /data"
    assert done.faults == []
    assert bench.volume_names().isdisjoint(web.anonymous.values())
    for name in kept:
        bench.daemon.remove_volume(name)
