"""`topo network` on real engines: what each command does, its exit code, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from cli.exits import Exit
from reconciler.engines.memory import MemoryDaemon, anything
from tests.support.command import Ran, topo, topo_on
from tests.support.lab import LabEngine

Run = Callable[..., Ran]


@pytest.fixture
def folder(lab_engine: LabEngine, stack_name: str, tmp_path: Path) -> Path:
    (tmp_path / "stack.yml").write_text(f"""\
name: {stack_name}
services:
  web:
    image: busybox
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    networks: {{front: {{ipv4_address: 10.254.12.9}}}}
  app:
    image: busybox
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    networks: [front, back]
    deploy: {{replicas: 2}}
networks: {{front: {{ipam: {{config: [{{subnet: 10.254.12.0/24}}]}}}}, back: }}
""")
    return tmp_path


@pytest.fixture
def run(lab_engine: LabEngine, folder: Path) -> Run:
    def runs(*arguments: str) -> Ran:
        return topo_on(lab_engine.url, folder, "network", *arguments)

    applied = topo_on(lab_engine.url, folder, "apply", "--yes", "-q")
    assert applied.code == Exit.DONE, applied.err
    return runs


@pytest.fixture
def own(run: Run, stack_name: str, docker_client: docker.DockerClient) -> Iterator[str]:
    """A network that the command has made."""
    name = f"{stack_name}-own"
    ran = run("create", name, "--internal", "--opt", "com.docker.network.driver.mtu=1400")
    assert (ran.code, ran.out) == (Exit.DONE, f"made {name}\n")
    yield name
    for network in docker_client.networks.list(names=[name]):
        network.remove()


def test_networks_are_made_looked_at_used_and_removed(
    run: Run, own: str, stack_name: str, docker_client: docker.DockerClient
) -> None:
    assert own in run("ls", "-q").out.splitlines()
    assert (run("exists", own).code, run("exists", f"{own}s").code) == (Exit.DONE, Exit.NO)
    again = run("create", own)
    assert (again.code, "already" in again.err) == (Exit.FAILED, True)

    connected = run("connect", own, "app", "--alias", "helper")
    assert connected.code == Exit.DONE
    assert "this is drift until the stack file says so" in connected.out
    found = json.loads(run("info", own, "--format", "json").out)["network"]
    assert {one["container"] for one in found["members"]} == {f"{stack_name}-app-{n}" for n in (1, 2)}
    assert all(one["addresses"] and one["stack"] == stack_name for one in found["members"])
    assert (found["internal"], found["options"]["com.docker.network.driver.mtu"]) == (True, "1400")
    assert found["owner"].startswith("by hand, ")
    member = docker_client.containers.get(f"{stack_name}-app-1")
    assert "helper" in member.attrs["NetworkSettings"]["Networks"][own]["Aliases"]

    report = run("report", "app", "--field", "drift")
    assert report.out == f"networks.{own}\n" * 2
    assert (run("report", "app").code, run("report", "web").code) == (Exit.NO, Exit.DONE)
    assert (run("connect", own, "app").code, run("disconnect", own, "web").code) == (Exit.FAILED, Exit.FAILED)

    used = run("destroy", own, "--force")
    assert (used.code, f"{own} is in use: {stack_name}-app-1" in used.err) == (Exit.REFUSED, True)
    assert run("disconnect", own, "app[1]").code == Exit.DONE
    assert run("rebuild", "app").code == Exit.DONE  # takes the other one off
    assert run("report").code == Exit.DONE
    unasked = run("destroy", own)
    assert (unasked.code, "nobody to ask" in unasked.err) == (Exit.REFUSED, True)
    assert run("destroy", own, "--force").code == Exit.DONE
    assert run("exists", own).code == Exit.NO


def test_rebuilding_goes_through_all_and_tells_how_many_failed(
    run: Run, stack_name: str, docker_client: docker.DockerClient
) -> None:
    front, back = (docker_client.networks.get(f"{stack_name}_{name}") for name in ("front", "back"))
    web, app = (docker_client.containers.get(f"{stack_name}-{name}-1") for name in ("web", "app"))
    front.disconnect(web)
    back.disconnect(app)
    assert run("rebuild", "web").out == "done    web: put back with 1 call\n"
    assert run("report", "app", "--field", "joined").out.splitlines() == ["front", "back,front"]
    app.kill()
    front.disconnect(web)
    address = web.attrs["NetworkSettings"]["Networks"][str(front.name)]["IPAddress"]
    intruder = docker_client.containers.create("busybox", name=f"{stack_name}-intruder", command="sleep 99")
    front.connect(intruder, ipv4_address=address)
    intruder.start()
    front.disconnect(app)
    try:
        every = run("rebuild", "--all")
        assert (every.code, "1 of 2 services failed" in every.out) == (Exit.FAILED, True), every.out
        assert run("rebuild", "--all", "--exit-count").code == 1
        assert run("report", "app").code == Exit.DONE  # one that fails holds up no other
    finally:
        intruder.remove(force=True)
    assert run("rebuild", "--all", "--exit-count").code == Exit.DONE
    app.reload()
    assert app.status == "exited"  # nothing but its attachments was put back


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["info", "nowhere"], Exit.FAILED, "there is no network nowhere"),
        (["create", "b@d"], Exit.FAILED, "b@d cannot name a network"),
        (["create", "bridge"], Exit.FAILED, "bridge cannot name a network"),
        (["create", "n", "--subnet", "10.0.0.0/99"], Exit.FAILED, "does not appear to be"),
        (["create", "n", "--gateway", "10.0.0.1"], Exit.FAILED, "--gateway needs --subnet"),
        (["create", "n", "--opt", "mtu"], Exit.FAILED, "--opt mtu is no KEY=VALUE"),
        (["destroy", "nowhere", "--force"], Exit.FAILED, "there is no network nowhere"),
        (["destroy", "bridge", "--force"], Exit.REFUSED, "bridge was not made by topo (Docker)"),
        (["destroy", "STACK_front", "--force"], Exit.REFUSED, "STACK_front belongs to stack STACK"),
        (["connect", "nowhere", "web"], Exit.FAILED, "there is no network nowhere"),
        (["connect", "host", "web"], Exit.FAILED, "nobody can be put on host"),
        (["connect", "back", "wep"], Exit.FAILED, "there is no service wep in STACK\n  = did you mean web?"),
        (["connect", "back", "web", "--ip", "1.2.3"], Exit.FAILED, "--ip"),
        (["disconnect", "back", "web"], Exit.FAILED, "no container of web is on STACK_back"),
        (["rebuild"], Exit.FAILED, "name a service, or say --all"),
        (["rebuild", "wep"], Exit.FAILED, "did you mean web?"),
        (["report", "wep"], Exit.FAILED, "did you mean web?"),
        (["report", "--field", "joint"], Exit.FAILED, "did you mean joined?"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(
    modelled: Run, arguments: list[str], code: Exit, words: str
) -> None:
    ran = modelled(*(text.replace("STACK", "shop") for text in arguments))
    assert (ran.code, ran.out) == (code, "")
    assert words.replace("STACK", "shop") in ran.err


@pytest.fixture
def modelled(tmp_path: Path) -> Run:
    """On a model of an engine, which knows the same networks."""
    (tmp_path / "stack.yml").write_text("""\
name: shop
services:
  web: {image: busybox, networks: [front]}
networks: {front: , back: {name: shop_back}}
x-unused: {}
""")
    engine = ("--engine", "memory:engine.json")
    assert topo(tmp_path, "apply", "--yes", "-q", *engine).code == Exit.DONE

    def runs(*arguments: str) -> Ran:
        return topo(tmp_path, "network", *arguments, *engine)

    return runs


def test_what_others_made_is_not_touched(modelled: Run, tmp_path: Path) -> None:
    daemon = MemoryDaemon(file=tmp_path / "engine.json", registry=anything)
    daemon.create_network({"Name": "theirs"})
    daemon.create_container("foreign", {"Image": "busybox"})
    ran = modelled("destroy", "theirs", "--force")
    assert (ran.code, "theirs was not made by topo (others)" in ran.err) == (Exit.REFUSED, True)
    ran = modelled("connect", "theirs", "foreign")
    assert (ran.code, "foreign was not made by topo" in ran.err) == (Exit.REFUSED, True)
