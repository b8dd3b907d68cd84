"""Which image of its name a service is to run."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import digests
from reconciler.allot import allot
from reconciler.diff import UnitChange, diff
from reconciler.engines.swarm import inspected
from reconciler.expand import expand
from reconciler.state import NO_IMAGE, Desired, Granularity, Image, LiveUnit, Observed, Status, Traits
from topology.models import Service, Stack
from topology.structs import replace

TRAITS = Traits(version="28.5.2", api=(1, 51), granularity=Granularity.SERVICE)
OLD, NEW = "sha256:old", "sha256:new"


def wanted(image: str, policy: str | None = None) -> Desired:
    return expand(Stack(name="shop", services={"web": Service(image=image, pull_policy=policy)}), TRAITS)


def running(recorded: dict[str, Any], spec: dict[str, Any]) -> LiveUnit:
    (at, unit), *_ = wanted("nginx:1").units.items()
    rest = {name: value for name, value in unit.spec.items() if name != "image"} | {"endpoint_mode": "vip"}
    return LiveUnit(
        address=at,
        id="s",
        name=unit.name,
        spec=rest | spec,
        recorded=rest | recorded,
        status=Status.RUNNING,
        tasks=(),
    )


def seen(*units: LiveUnit, nodes: tuple[str, ...] = ("one",), **known: str) -> Observed:
    images = {"nginx:1": Image(config=NO_IMAGE, digests=(known["now"],))} if known else {}
    return Observed(traits=TRAITS, units=units, images=images, nodes=nodes)


def asked(desired: Desired, *units: LiveUnit) -> frozenset[str]:
    return digests.unsettled(desired, units)


def changed(desired: Desired, observed: Observed) -> list[tuple[str, Any, Any, str]]:
    settled = allot(desired, observed)
    assert allot(settled, observed) == settled
    changes = [one for one in diff(settled, observed).changes if isinstance(one, UnitChange)]
    return [(field.name, field.old, field.new, field.cause.value) for one in changes for field in one.fields]


PINNED = {"image": "nginx:1", "image_digest": OLD}
LOOSE = {"image": "nginx:1"}


def test_a_new_service_gets_what_the_registry_has() -> None:
    desired = wanted("nginx:1")
    assert asked(desired) == {"nginx:1"}
    ((_, unit),) = allot(desired, seen(now=NEW)).units.items()
    assert unit.spec["image_digest"] == NEW


@pytest.mark.parametrize("told", [PINNED, LOOSE], ids=["pinned", "made-before-there-were-digests"])
def test_a_service_of_the_same_name_stays_as_it_is_and_nobody_is_asked(told: dict[str, Any]) -> None:
    live = running(told, told)
    assert asked(wanted("nginx:1"), live) == frozenset()
    assert changed(wanted("nginx:1"), seen(live)) == []


def test_a_digest_in_the_file_counts_and_reads_as_an_older_topo_recorded_it() -> None:
    desired = wanted(f"nginx:1@{OLD}")
    assert asked(desired) == frozenset()
    assert changed(desired, seen(running({"image": f"nginx:1@{OLD}"}, PINNED))) == []


def test_whoever_asks_for_newer_images_is_told_that_the_registry_changed() -> None:
    live, desired = running(PINNED, PINNED), wanted("nginx:1", "always")
    assert asked(desired, live) == {"nginx:1"}
    assert changed(desired, seen(live, now=NEW)) == [("image_digest", OLD, NEW, "image changed")]
    assert changed(desired, seen(live)) == []


def test_a_digest_that_somebody_else_put_there_is_drift() -> None:
    live = running(PINNED, {"image": "nginx:1", "image_digest": NEW})
    assert changed(wanted("nginx:1"), seen(live)) == [("image_digest", NEW, OLD, "drifted")]
    live = running(LOOSE, PINNED)
    assert changed(wanted("nginx:1"), seen(live)) == [("image_digest", OLD, None, "drifted")]


def test_another_name_is_asked_for() -> None:
    live = running({"image": "nginx:0", "image_digest": OLD}, {"image": "nginx:0", "image_digest": OLD})
    assert asked(wanted("nginx:1"), live) == {"nginx:1"}
    assert changed(wanted("nginx:1"), seen(live, now=NEW)) == [
        ("image", "nginx:0", "nginx:1", "stack changed"),
        ("image_digest", OLD, NEW, "stack changed"),
    ]


def test_that_nodes_may_run_different_images_is_noted_where_there_are_several() -> None:
    desired = wanted("nginx:1")
    two = ("one", "two")
    assert digests.notes(desired.units.values(), seen()) == ()
    (note,) = digests.notes(desired.units.values(), seen(nodes=two))
    assert "nginx:1" in note
    assert "each of 2 nodes" in note
    pinned = allot(desired, seen(now=NEW))
    assert digests.notes(pinned.units.values(), seen(nodes=two)) == ()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("nginx:1", "nginx"),
        ("nginx", "nginx"),
        ("hub:5000/a/nginx:1", "hub:5000/a/nginx"),
        ("hub:5000/nginx", "hub:5000/nginx"),
    ],
)
def test_an_image_remembers_its_digest_by_registry(name: str, place: str) -> None:
    image = {"RepoDigests": ["other@sha256:x", f"{place}@{OLD}"]}
    assert inspected.digest(image, name) == OLD
    assert inspected.digest({"RepoDigests": None}, name) == ""


def test_the_digest_is_of_the_service_and_not_of_what_it_was_made_from() -> None:
    """A digest says nothing where the name is another one."""
    live = running({"image": "nginx:0", "image_digest": OLD}, PINNED)
    ((_, unit),) = allot(wanted("nginx:1"), seen(replace(live))).units.items()
    assert "image_digest" not in unit.spec
