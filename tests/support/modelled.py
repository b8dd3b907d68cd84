"""A modelled engine in no time: who waits gets there at once, and others live there as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler.engines.memory import Generation
from reconciler.engines.standalone import Standalone
from tests.support.applying import applied, left, planned
from tests.support.bench import Bench, modelled
from tests.support.serial import FIRST, Choice, serially
from topology.models import Stack


class Clock:
    """Each look at it is a tenth of a second later."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 0.1
        return self.now


def world(generation: Generation) -> Bench:
    """An engine with a network, a volume and a container that are others'; two of them look almost ours."""
    bench = modelled(generation, Path(), clock=Clock())
    bench.daemon.create_network({"Name": "foreign"})
    bench.daemon.create_volume({"Name": "foreign", "Labels": {"topo.stack": "shop", "topo.owner": "other"}})
    body = {
        "Image": "busybox:latest",
        "Labels": {"topo.stack": "shop", "topo.owner": "other", "topo.address": "service.web[1]"},
        "HostConfig": {"NetworkMode": "foreign"},
    }
    bench.daemon.create_container("foreign-1", body)
    bench.daemon.start("foreign-1")
    return bench


def strangers(bench: Bench) -> str:
    """All that is not the stack's, as text."""
    containers = [raw for raw in bench.daemon.containers() if raw["Names"] == ["/foreign-1"]]
    found = [bench.daemon.container(raw["Id"]) for raw in containers]
    others = (*bench.daemon.networks(), *bench.daemon.volumes())
    found += [raw for raw in others if raw["Name"] == "foreign"]
    return json.dumps(found, sort_keys=True)


def engine_of(bench: Bench, daemon: Any = None) -> Standalone:
    """The engine, perhaps behind a daemon that fails; it sleeps in no time."""
    return Standalone(daemon or bench.daemon, clock=Clock(), sleep=lambda _seconds: None)


def settled(bench: Bench, stack: Stack, choose: Choice = FIRST) -> None:
    """Applies a stack in one pass, and asserts that nothing failed and nothing is left to do."""
    engine = engine_of(bench)
    done = applied(engine, stack, serially(choose))
    assert done.plan.obstacles == (), done.plan.obstacles
    assert done.faults == [], done.faults
    assert left(planned(engine, stack)) == []
