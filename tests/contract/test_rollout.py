"""Replacing: whoever follows a link is told, and a successor that does not work costs nobody the old one."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.diff import Cause
from tests.contract.samples import ON_NETWORK
from tests.support.applying import applied, converged, left, lives, planned, units
from tests.support.bench import Bench
from topology.models import (
    Attachment,
    Healthcheck,
    Link,
    Network,
    Notice,
    Port,
    Restart,
    Service,
    Stack,
    UpdateConfig,
)

WELL = Healthcheck(test=("CMD", "true"), interval=0.1)
ILL = Healthcheck(test=("CMD", "false"), interval=0.1, retries=1)


def stack_of(bench: Bench, **app: Any) -> Stack:
    """web is told of app's containers, and notes down each time that it is."""
    note = Notice(exec=("sh", "-c", "true"))
    web = Service(
        **ON_NETWORK,
        networks={"front": Attachment()},
        links=(Link(service="app", alias="app", on_change=note),),
    )
    networks = {"back": Attachment(), "front": Attachment()}
    return Stack(
        name=bench.prefix,
        services={
            "web": web,
            "app": Service(**{**ON_NETWORK, "networks": networks, "healthcheck": WELL, **app}),
        },
        networks={"front": Network(), "back": Network()},
    )


@pytest.mark.newest
def test_an_image_of_a_service_that_others_link_to_changes_and_comes_back(bench: Bench) -> None:
    """Each way, and by scaling; the client stays the container that it is."""
    converged(bench.engine, stack_of(bench))
    client = {unit.id for at, unit in units(bench.engine, stack_of(bench)).items() if "web" in at}
    for change in (
        {"environment": {"V": "2"}},
        {"replicas": 2},
        {"environment": {"V": "3"}, "replicas": 2},
        {},
    ):
        converged(bench.engine, stack_of(bench, **change))
        found = units(bench.engine, stack_of(bench, **change))
        assert {unit.id for at, unit in found.items() if "web" in at} == client


def test_a_successor_that_is_ill_is_removed_and_the_old_one_serves_on(bench: Bench) -> None:
    good, bad = stack_of(bench), stack_of(bench, healthcheck=ILL)
    converged(bench.engine, good)
    before = lives(units(bench.engine, good).values())
    faults = applied(bench.engine, bad).faults
    assert "is unhealthy" in faults[0]
    assert "it was removed; the old container serves on" in faults[0]
    assert lives(units(bench.engine, good).values()) == before
    assert left(planned(bench.engine, good)) == []


def test_who_was_left_unwell_is_waited_for_and_named_again(bench: Bench) -> None:
    """The first apply that ends so is not the last that says so, and what else it changed is noted."""
    ill = stack_of(bench, healthcheck=ILL)
    assert "is unhealthy" in applied(bench.engine, ill).faults[0]
    assert left(planned(bench.engine, ill))[0].endswith("app[1]: health 'unhealthy' -> 'healthy'")
    for policy in ("always", "unless-stopped"):
        changed = stack_of(bench, healthcheck=ILL, restart=Restart(policy=policy))
        (change,) = planned(bench.engine, changed).changes
        assert {field.name: field.cause for field in change.fields} == {
            "restart": Cause.STACK,
            "health": Cause.UNFINISHED,
        }
        assert "is unhealthy" in applied(bench.engine, changed).faults[0]
    converged(bench.engine, stack_of(bench))


def test_where_the_old_one_had_to_stop_first_it_runs_again(bench: Bench) -> None:
    port = 20_000 + int(bench.prefix[1:], 16) % 10_000
    held = {"ports": (Port(target=80, published=(port, port)),)}
    good, bad = stack_of(bench, **held), stack_of(bench, healthcheck=ILL, **held)
    converged(bench.engine, good)
    before = {unit.id for unit in units(bench.engine, good).values()}
    assert "it was removed; the old container runs again" in applied(bench.engine, bad).faults[0]
    assert {unit.id for unit in units(bench.engine, good).values()} == before
    assert all(unit.status.value == "running" for unit in units(bench.engine, good).values())


def test_the_last_words_of_one_that_ends_are_told(bench: Bench) -> None:
    good = stack_of(bench)
    converged(bench.engine, good)
    script = "exit 1" if bench.lab is None else "echo no such table; exit 1"  # a model prints nothing
    bad = stack_of(bench, entrypoint=("sh", "-c"), command=(script,))
    fault = applied(bench.engine, bad).faults[0]
    assert "exited with code 1" in fault
    if bench.lab is not None:
        assert "it said: no such table" in fault


def test_one_that_does_not_stay_well_is_taken_back(bench: Bench) -> None:
    """A model's containers are healthy or not from the beginning; here one ends after it was healthy."""
    good = stack_of(bench)
    converged(bench.engine, good)
    before = {unit.id for unit in units(bench.engine, good).values()}
    watch = UpdateConfig(monitor=3)
    if bench.lab is None:
        converged(bench.engine, stack_of(bench, environment={"V": "2"}, update_config=watch))
        return
    brief = stack_of(bench, command=("1",), healthcheck=None, update_config=watch)
    assert "it was removed; the old container serves on" in applied(bench.engine, brief).faults[0]
    assert {unit.id for unit in units(bench.engine, good).values()} == before
