"""Readiness of images that have no health check: seen from outside, and worth as much as a health check."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import Unhealthy
from reconciler.steps import RemoveContainer, StartContainer, WaitHealthy
from tests.contract.samples import ON_NETWORK
from tests.support.applying import applied, converged, left, lives, looked, planned, units
from tests.support.bench import Bench
from tests.support.serial import FIRST, serially
from topology.models import Attachment, Condition, Dependency, HttpProbe, Network, Ready, Service, Stack
from topology.structs import replace

SERVER = "sleep 0.7; mkdir /w; echo hello >/w/there; echo server is up; exec httpd -f -p 8000 -h /w"
"""Opens its port, prints its line and has its file only a moment after its start."""

WAYS = {
    "tcp": Ready(tcp=8000, within=20),
    "http": Ready(http=HttpProbe(port=8000, path="/there"), within=20),
    "log": Ready(log="server is .p", within=20),
    "exec": Ready(exec=("test", "-s", "/w/there"), within=20),
}


FRONT = {**ON_NETWORK, "networks": {"front": Attachment()}}


def server(ready: Ready, script: str = SERVER, **more: Any) -> Service:
    said = {**FRONT, "entrypoint": ("sh", "-c"), "command": (script,), "ready": ready, **more}
    return Service(**said)


def stack(bench: Bench, **services: Service) -> Stack:
    return Stack(name=bench.prefix, services=services, networks={"front": Network()})


def waits(bench: Bench, wanted: Stack) -> list[WaitHealthy]:
    return [step for step in planned(bench.engine, wanted).steps if isinstance(step, WaitHealthy)]


def test_each_way_becomes_true_from_beside_or_from_here_and_others_wait_for_it(bench: Bench) -> None:
    """The lab's engines are in namespaces of their own, as a remote one is; then the test goes in there."""
    servers = {name: server(ready) for name, ready in WAYS.items()}
    after = Dependency(condition=Condition.HEALTHY)
    client = Service(**FRONT, depends_on=dict.fromkeys(WAYS, after))
    converged(bench.engine, stack(bench, **servers, client=client))
    found = units(bench.engine, stack(bench, **servers, client=client))
    begun = found["service.client[1]"].started_at
    assert all(unit.started_at <= begun for unit in found.values())
    assert not [one for one in bench.daemon.containers() if "topo.probe" in str(one["Names"])]
    seen = glanced(bench, stack(bench, **servers, client=client))
    assert seen == ({"log": ""} if bench.lab else dict.fromkeys(("tcp", "http", "log"), ""))
    changed = stack(bench, **servers, client=client.model_copy(update={"environment": {"V": "2"}}))
    again = waits(bench, changed)
    assert {step.ready for step in again if step.ready} == set(WAYS.values())
    if bench.lab is not None:
        with bench.lab.network():
            near = glanced(bench, stack(bench, **servers, client=client))
            assert near == dict.fromkeys(("tcp", "http", "log"), "")
            later = {name: server(ready.model_copy(update=NEVER_THERE[name])) for name, ready in WAYS.items()}
            assert all(glanced(bench, stack(bench, **later, client=client)).values())
            for step in again:
                if step.address.name in {"tcp", "http"} and step.ready:
                    alone = step.ready.model_copy(update={"image": "nobody/has:this"})
                    bench.engine.run(replace(step, ready=alone, within=2))


NEVER_THERE: dict[str, dict[str, object]] = {
    "tcp": {"tcp": 8001},
    "http": {"http": HttpProbe(port=8000, path="/nowhere")},
    "log": {"log": "server is gone"},
    "exec": {},
}


def glanced(bench: Bench, wanted: Stack) -> dict[str, str]:
    """What `topo status` sees of the readiness of services: it may only read."""
    desired, observed = looked(bench.engine, wanted)
    names = {one.id: one.address.name for one in observed.units}
    return {names[one]: words for one, words in bench.engine.lacking(desired, observed).items()}


NEVER = {
    "tcp": (Ready(tcp=8000, within=0.8), "nothing listens on port 8000"),
    "http": (Ready(http=HttpProbe(port=8000), within=0.8), "port 8000 does not answer"),
    "log": (Ready(log="server is up", within=0.8), 'has not printed "server is up"'),
    "exec": (Ready(exec=("false",), within=0.8), "false ends with 1"),
}


def test_a_successor_that_never_gets_ready_is_removed_and_the_old_one_serves_on(bench: Bench) -> None:
    good = stack(bench, **{name: Service(**FRONT) for name in NEVER})
    converged(bench.engine, good)
    before = lives(units(bench.engine, good).values())
    bad = stack(bench, **{name: server(ready, "sleep 1000") for name, (ready, _) in NEVER.items()})
    faults = applied(bench.engine, bad).faults
    for name, (ready, why) in NEVER.items():
        (fault,) = [one for one in faults if f"WaitHealthy of service.{name}[1]" in one]
        assert "is not ready after 0.8 seconds" in fault
        assert (why if bench.lab or ready.exec else f"it sleeps, and so never {ready}") in fault
        assert "it was removed; the old container serves on" in fault
    assert lives(units(bench.engine, good).values()) == before
    assert left(planned(bench.engine, good)) == []


def test_an_interrupted_replacement_does_not_make_an_untried_successor_the_one_that_serves(
    bench: Bench,
) -> None:
    """The successor runs, and nobody knows whether it is ready: the old one goes only after another try."""
    ready = Ready(exec=("true",), within=10)
    converged(bench.engine, stack(bench, web=Service(**FRONT, ready=ready)))
    after = stack(bench, web=Service(**FRONT, ready=ready, environment={"V": "2"}))
    found = planned(bench.engine, after)
    until = [isinstance(step, StartContainer) for step in found.steps].index(True) + 1
    serially(FIRST, limit=until)(found, bench.engine.run)
    again = planned(bench.engine, after).steps
    (old,) = [one.id for one in looked(bench.engine, after)[1].units if "." not in one.name]
    removed = [isinstance(step, RemoveContainer) and step.container == old for step in again].index(True)
    assert [isinstance(step, WaitHealthy) for step in again].index(True) < removed
    converged(bench.engine, after)


def test_what_answers_badly_or_to_itself_alone_is_not_ready(bench: Bench) -> None:
    """Nothing runs in a model."""
    if bench.lab is None:
        return
    script = "httpd -p 127.0.0.1:7000; exec httpd -f -p 8000 -h /tmp"
    web = stack(bench, web=server(Ready(tcp=8000, within=10), script))
    converged(bench.engine, web)
    (unit,) = looked(bench.engine, web)[1].units

    def fault(ready: Ready) -> str:
        wait = WaitHealthy(address=unit.address, container=unit.id, within=0.3, ready=ready)
        with pytest.raises(Unhealthy) as failed:
            bench.engine.run(wait)
        return str(failed.value)

    page = Ready(http=HttpProbe(port=8000, path="/missing"))
    assert "port 8000 answers /missing with 404" in fault(page)
    with bench.lab.network():
        assert "port 8000 answers /missing with 404" in fault(page)
    assert "port 7000 is open on its loopback only" in fault(Ready(tcp=7000))
    lost = fault(Ready(tcp=8000, image="127.0.0.1:9/nobody/has:this"))
    assert "takes the image 127.0.0.1:9/nobody/has:this on the engine" in lost
    assert "ready.image" in lost
