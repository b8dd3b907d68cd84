"""Changes that follow others: of whoever lives in a container's namespaces, or is on a network."""

from __future__ import annotations

import pytest

from reconciler.choice import Choice, chosen
from reconciler.diff import diff
from reconciler.engines.memory import NEW, MemoryDaemon, anything
from reconciler.engines.standalone import Standalone
from tests.support.applying import converged, looked
from topology.models import Attachment, Network, Service, Stack


@pytest.fixture
def engine() -> Standalone:
    daemon = MemoryDaemon(generation=NEW, registry=anything)
    daemon.pull("first:1")
    return Standalone(daemon)


def stack(version: str = "1", **network: bool) -> Stack:
    """A guest of a guest, which comes before both by name, and one who is on their network."""
    on = {"one": Attachment()}
    services = {
        "a": Service(image="first:1", pid="service:b", networks=on),
        "b": Service(image="first:1", network_mode="service:c"),
        "c": Service(image="first:1", environment={"VERSION": version}, networks=on),
        "d": Service(image="first:1", networks=on),
    }
    return Stack(name="s", services=services, networks={"one": Network(**network)})


def changed(on: Standalone, wanted: Stack, choice: Choice) -> dict[str, tuple[str, list[str]]]:
    desired, observed = looked(on, wanted)
    part = chosen(diff(desired, observed), desired, observed, choice)
    return {
        str(change.address): (change.action.value, [field.name for field in change.fields])
        for change in part.changes
    }


GUESTS = {"service.a[1]": ("replace", ["pid"]), "service.b[1]": ("replace", ["network_mode"])}


def test_guests_of_guests_follow_whatever_they_are_called(engine: Standalone) -> None:
    converged(engine, stack())
    found = changed(engine, stack("2"), Choice())
    assert found == {**GUESTS, "service.c[1]": ("replace", ["environment.VERSION"])}


def test_they_follow_who_is_asked_to_be_made_anew(engine: Standalone) -> None:
    converged(engine, stack())
    found = changed(engine, stack(), Choice(anew=frozenset({"c"})))
    assert found == {**GUESTS, "service.c[1]": ("replace", [])}


def test_nobody_follows_what_is_not_meant(engine: Standalone) -> None:
    converged(engine, stack())
    drift = Choice(drift_only=True)
    assert changed(engine, stack("2"), drift) == {}
    assert changed(engine, stack(internal=True), drift) == {}
    assert changed(engine, stack("2"), Choice(left=frozenset({"service.c[1]"}))) == {}
    asked = Choice(drift_only=True, anew=frozenset({"b"}))
    assert changed(engine, stack("2"), asked) == {
        "service.a[1]": GUESTS["service.a[1]"],
        "service.b[1]": ("replace", []),
    }


def test_who_is_on_a_network_that_a_target_needs_anew_stays_on_it_and_no_more(engine: Standalone) -> None:
    converged(engine, stack())
    back = ("reconnect", ["networks.s_one"])
    assert changed(engine, stack("2", internal=True), Choice(targets=frozenset({"d"}))) == {
        "network.one": ("replace", ["internal"]),
        **dict.fromkeys(("service.a[1]", "service.c[1]", "service.d[1]"), back),
    }


def test_they_follow_drift_that_is_mended(engine: Standalone) -> None:
    converged(engine, stack())
    engine._daemon.stop("s-c-1", 0)
    found = changed(engine, stack(), Choice(drift_only=True))
    assert found == {**GUESTS, "service.c[1]": ("update in place", ["state"])}


def test_a_guest_of_a_host_that_was_removed_is_made_anew_for_one_reason(engine: Standalone) -> None:
    converged(engine, stack())
    engine._daemon.remove_container("s-c-1", volumes=False)
    assert changed(engine, stack(), Choice())["service.b[1]"] == ("replace", ["network_mode"])
