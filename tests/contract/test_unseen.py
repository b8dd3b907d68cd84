"""What no comparison of fields shows: addresses given by hand, mounts of others, fetched images."""

from __future__ import annotations

from reconciler.steps import PullImage
from tests.contract.samples import ALONE, BASE
from tests.support.applying import converged, planned, units
from tests.support.bench import PLAIN, Bench
from topology.models import Attachment, ExternalLink, Mount, Network, Service, Stack, Volume, VolumesFrom


def test_a_hardware_address_is_the_container_s(bench: Bench) -> None:
    service = Service(**ALONE, mac_address="02:42:0a:00:00:07")
    stack = Stack(name=bench.prefix, services={"a": service}, networks={"default": Network()})
    converged(bench.engine, stack)
    (endpoint,) = bench.endpoints(f"{bench.prefix}-a-1").values()
    if bench.lab is not None:
        assert endpoint["MacAddress"] == "02:42:0a:00:00:07"


def test_the_mounts_of_another_service_are_taken_over_and_it_is_made_first(bench: Bench) -> None:
    """Nameless ones too: of those among the binds, 28.5 forgets the name, and no longer finds them."""
    data, own = Mount(type="volume", source="data", target="/data"), Mount(type="volume", target="/own")
    giver = Service(**BASE, volumes=(data, own))
    taker = Service(**BASE, volumes_from=(VolumesFrom(service="z-giver", read_only=True),))
    stack = Stack(
        name=bench.prefix, services={"a-taker": taker, "z-giver": giver}, volumes={"data": Volume()}
    )
    converged(bench.engine, stack)
    if bench.lab is not None:
        mounts = bench.daemon.container(f"{bench.prefix}-a-taker-1")["Mounts"]
        taken = sorted((one["Destination"], one["RW"]) for one in mounts)
        assert taken == [("/data", False), ("/own", False)]


def pulls(bench: Bench, policy: str | None, image: str = PLAIN) -> list[str]:
    service = Service(**{**BASE, "image": image}, pull_policy=policy)
    found = planned(bench.engine, Stack(name=bench.prefix, services={"a": service}))
    return [step.reference for step in found.steps if isinstance(step, PullImage)]


def test_an_image_that_is_there_is_fetched_only_where_always_is_said(bench: Bench) -> None:
    assert pulls(bench, "always") == [PLAIN]
    assert [pulls(bench, policy) for policy in (None, "missing", "never")] == [[], [], []]


def test_an_image_that_must_not_be_fetched_and_is_not_there_is_an_obstacle(bench: Bench) -> None:
    missing = f"{bench.prefix}:1"
    assert pulls(bench, "missing", missing) == [missing]
    service = Service(**{**BASE, "image": missing}, pull_policy="never")
    found = planned(bench.engine, Stack(name=bench.prefix, services={"a": service}))
    (obstacle,) = found.obstacles
    assert obstacle.path == ("services", "a", "pull_policy")
    assert [step for step in found.steps if isinstance(step, PullImage)] == []


def test_what_always_fetches_is_fetched_no_more_once_all_is_there(bench: Bench) -> None:
    stack = Stack(name=bench.prefix, services={"a": Service(**BASE)})
    converged(bench.engine, stack)
    assert pulls(bench, "always") == []
    assert len(units(bench.engine, stack)) == 1


def test_a_link_to_a_container_outside_is_a_name_on_each_network(bench: Bench) -> None:
    network = bench.network("shared")
    outside = bench.started("outside", network)
    service = Service(
        **{key: value for key, value in ALONE.items() if key != "networks"},
        networks={"shared": Attachment()},
        external_links=(ExternalLink(container=outside, alias="store"),),
    )
    shared = Network(external=True, name=network)
    converged(bench.engine, Stack(name=bench.prefix, services={"a": service}, networks={"shared": shared}))
    assert bench.endpoints(f"{bench.prefix}-a-1")[network]["Links"] == [f"{outside}:store"]
