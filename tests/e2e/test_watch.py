"""`topo watch` on real engines: it heals drift, survives restarts, and ends after the call in flight."""

from __future__ import annotations

import signal
import statistics
from pathlib import Path
from urllib.request import urlopen

import docker
import pytest

from tests.support.bench import free_port
from tests.support.command import process
from tests.support.lab import LabEngine
from tests.support.waiting import eventually
from tests.support.watching import watching

REPLICAS = 5


def stack_text(name: str) -> str:
    return f"""\
name: {name}
services:
  web:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    networks: [front, back]
    deploy: {{replicas: {REPLICAS}}}
networks: {{front: , back: }}
"""


@pytest.fixture
def shop(lab_engine: LabEngine, stack_name: str, tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(stack_text(stack_name))
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url).code == 0
    return tmp_path


def plans(folder: Path, url: str) -> int:
    return process(folder, "plan", "--detailed-exitcode", DOCKER_HOST=url).code


def test_what_is_done_behind_its_back_is_healed_in_time(
    shop: Path, lab_engine: LabEngine, stack_name: str, docker_client: docker.DockerClient
) -> None:
    port = free_port()
    containers = [docker_client.containers.get(f"{stack_name}-web-{n}") for n in range(1, REPLICAS + 1)]
    front = docker_client.networks.get(f"{stack_name}_front")
    with watching(shop, lab_engine.url, "--metrics", f"127.0.0.1:{port}") as seen:
        for done, container in enumerate(containers, start=1):
            front.disconnect(container)
            assert seen.tells("healed", times=done), seen.story
        for done, container in enumerate(containers, start=1):
            container.kill()
            assert seen.tells("healed", times=REPLICAS + done), seen.story
        containers[0].remove(force=True)
        assert seen.tells("healed", times=2 * REPLICAS + 1), seen.story
        metrics = urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    seconds = [line["seconds"] for line in seen.having("healed")]
    assert statistics.median(seconds[:REPLICAS]) < 1.0
    assert statistics.median(seconds[REPLICAS:-1]) < 3.0
    assert f'topo_watch_heal_seconds_count{{stack="{stack_name}"}} {len(seconds)}.0' in metrics
    assert f'topo_watch_drift{{stack="{stack_name}"}} 0.0' in metrics
    assert seen.told[-1]["event"] == "stopped"
    assert plans(shop, lab_engine.url) == 0


def test_an_engine_that_is_killed_and_comes_back_is_made_whole_again(
    own_engine: LabEngine, tmp_path: Path
) -> None:
    (tmp_path / "stack.yml").write_text(stack_text("shop"))
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=own_engine.url).code == 0
    with watching(tmp_path, own_engine.url) as seen:
        before = seen.cpu()
        own_engine.script("dkill9")
        assert seen.tells("lost"), seen.story
        own_engine.script("dstart")
        assert seen.tells("back", within=30), seen.story
        with own_engine.client() as client:
            client.containers.get("shop-web-2").remove(force=True)
        assert seen.tells("healed", "service.web[2]", within=30), seen.story
        assert eventually(lambda: plans(tmp_path, own_engine.url) == 0, within=30, every=0.5)
        assert seen.cpu() - before < 3.0, "a busy loop"
    assert len(seen.having("lost")) == len(seen.having("back")) == 1


def test_sigterm_lets_the_call_in_flight_end_and_begins_no_other(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path, docker_client: docker.DockerClient
) -> None:
    """While it waits for db to be healthy: db stays, web is not started, and nobody holds the lock."""
    (tmp_path / "stack.yml").write_text(f"""\
name: {stack_name}
services:
  db:
    image: busybox:latest
    command: [sh, -c, "rm -f /ready; sleep 2; touch /ready; exec sleep 1000"]
    stop_signal: SIGKILL
    healthcheck: {{test: [CMD, test, -f, /ready], interval: 200ms, timeout: 1s, retries: 50}}
  web:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    depends_on: {{db: {{condition: service_healthy}}}}
""")
    assert process(tmp_path, "apply", "--yes", DOCKER_HOST=lab_engine.url).code == 0
    web, db = (docker_client.containers.get(f"{stack_name}-{name}-1") for name in ("web", "db"))
    for container in (web, db):
        container.kill()
    with watching(tmp_path, lab_engine.url) as seen:

        def is_waited_for() -> bool:
            """Its check has failed by now, so that the call that started it is over."""
            db.reload()
            checks = db.attrs["State"]["Health"]["Log"] or ()
            return db.status == "running" and any(check["ExitCode"] for check in checks[-1:])

        assert eventually(is_waited_for)
        seen.send(signal.SIGTERM)
        assert seen.ended() == 0
    db.reload()
    web.reload()
    assert (db.status, web.status) == ("running", "exited")
    assert seen.told[-1]["event"] == "stopped"
    locks = docker_client.volumes.list(filters={"label": [f"topo.stack={stack_name}", "topo.lock"]})
    assert locks == []
