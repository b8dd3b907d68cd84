"""`topo watch` on a real engine where very much happens, and where it is not told of what happens."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.bench import Bench, real
from tests.support.command import process, topo_on
from tests.support.faultproxy import CutBefore, FaultProxy
from tests.support.lab import LabEngine
from tests.support.watching import watching

STORM = 500
"""So many events of its own containers, and as many of others'."""


def stack_text(name: str) -> str:
    service = 'image: busybox, command: [sleep, "1000"], network_mode: none, stop_signal: SIGKILL'
    return f"name: {name}\nservices:\n  web: {{{service}, pids_limit: 100}}\n  app: {{{service}}}\n"


def update(bench: Bench, container: str) -> None:
    """Nothing is another afterwards, but the engine tells of it."""
    for _ in range(STORM):
        bench.daemon.update(container, {"PidsLimit": 100})


def rename(bench: Bench, container: str) -> None:
    identity = bench.daemon.container(container)["Id"]
    for number in range(STORM):
        bench.daemon.rename(identity, f"{container}-{number}")


def asked(proxy: FaultProxy, path: str) -> int:
    return sum(path in request.path for request in proxy.requests)


@pytest.mark.newest
def test_a_storm_costs_few_looks_and_what_was_missed_is_seen_afterwards(
    lab_engine: LabEngine, fault_proxy: FaultProxy, stack_name: str, tmp_path: Path
) -> None:
    (tmp_path / "stack.yml").write_text(stack_text(stack_name))
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url).code == 0
    bench = real(lab_engine)
    web, app, other = (f"{stack_name}-{name}" for name in ("web-1", "app-1", "other"))
    body = {"Image": "busybox:latest", "Labels": {"topo.stack": stack_name}}
    bench.daemon.create_container(other, body)  # without an address it is no part of the stack

    with watching(tmp_path, fault_proxy.url) as seen, ThreadPoolExecutor(2) as pool:
        bench.hands.kill(app)
        assert seen.tells("healed", times=1), seen.story
        before, began = asked(fault_proxy, "/containers/json"), time.monotonic()
        used, held = seen.cpu(), seen.resident()
        storm = [pool.submit(update, bench, web), pool.submit(rename, bench, other)]
        bench.hands.kill(app)
        assert seen.tells("healed", times=2), seen.story
        for one in storm:
            one.result()
        assert asked(fault_proxy, "/containers/json") - before < time.monotonic() - began + 10
        assert seen.cpu() - used < 2.0, "a busy loop"
        assert seen.resident() - held < 8 << 20

        listened = asked(fault_proxy, "/events")
        fault_proxy.inject(CutBefore(), path="/events", times=3)
        fault_proxy.cut()
        assert seen.tells("lost"), seen.story
        bench.hands.kill(app)
        assert seen.tells("back"), seen.story
        assert seen.tells("healed", times=3), seen.story
    assert asked(fault_proxy, "/events") - listened == 4
    assert (len(seen.having("lost")), len(seen.having("back"))) == (1, 1)
    assert {one["address"] for one in seen.having("drift")} == {"service.app[1]"}
    assert topo_on(lab_engine.url, tmp_path, "plan", "--detailed-exitcode").code == 0
