"""topo on a Swarm of one node: the same commands, the same habits, on the newest engine of the lab."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import namespaces
from tests.support.command import topo_on
from tests.support.lab import LabEngine

STACK = """\
name: shop
services:
  web:
    image: busybox:latest
    command: [%(program)s, -f, -p, "80"]
    stop_grace_period: 0s
    environment: {GREETING: "%(greeting)s"}
    links: [db]
    networks: [web_nw, db_nw]
    ports: [{target: 80, published: 8080, mode: host}]
    deploy: {endpoint_mode: dnsrr, labels: {team: a}, update_config: {monitor: 100ms}}
  db:
    image: busybox:latest
    command: [sleep, "3600"]
    init: true
    stop_grace_period: 0s
    volumes: ["data:/data"]
    networks: [db_nw]
    secrets: [{source: pw, mode: 0400}]
    deploy: {replicas: %(replicas)d, endpoint_mode: dnsrr, update_config: {monitor: 100ms}}
networks:
  web_nw:
  db_nw: {internal: true}
volumes:
  data:
secrets:
  pw: {file: pw.txt}
"""


def write(folder: Path, *, program: str = "httpd", greeting: str = "hello", replicas: int = 1) -> None:
    said = {"program": program, "greeting": greeting, "replicas": replicas}
    (folder / "stack.yml").write_text(STACK % said)
    (folder / "pw.txt").write_text(f"of {replicas}")


def swarm(folder: Path, on: LabEngine, command: str, *flags: str) -> tuple[int, str]:
    ran = topo_on(on.url, folder, command, "--engine", "swarm", *flags)
    return ran.code, ran.out + ran.err


def done(folder: Path, on: LabEngine, command: str, *flags: str) -> str:
    code, said = swarm(folder, on, command, *flags)
    assert code == 0, said
    return said


def planned(folder: Path, on: LabEngine) -> dict[str, dict[str, str]]:
    """Address → field → cause, of all that a plan would change."""
    return {
        change["address"]: {field["name"]: field["cause"] for field in change["fields"]}
        for change in json.loads(done(folder, on, "plan", "--format", "json"))["changes"]
    }


def test_a_stack_is_made_kept_changed_repaired_and_removed(manager: LabEngine, tmp_path: Path) -> None:
    write(tmp_path)
    done(tmp_path, manager, "apply", "-y")
    assert planned(tmp_path, manager) == {}
    assert f"web.1  running  {manager.name}" in done(tmp_path, manager, "status")
    assert namespaces.connects(Path(f"/proc/{manager.holder}/ns/net"), "127.0.0.1", 8080)
    with manager.client() as client:
        before = {one.name: one.id for one in client.services.list()}

        write(tmp_path, greeting="hi", replicas=2)
        assert planned(tmp_path, manager) == {
            "secret.pw": {},
            "service.db": {"replicas": "stack changed", "secrets./run/secrets/pw": "stack changed"},
            "service.web": {"environment.GREETING": "stack changed"},
        }
        done(tmp_path, manager, "apply", "-y")
        assert planned(tmp_path, manager) == {}
        assert len(client.secrets.list()) == 1

        (db,) = client.services.list(filters={"name": "shop_db"})
        db.update(env=["MORE=1"], mode={"replicated": {"Replicas": 1}}, networks=["shop_web_nw"])  # type: ignore[no-untyped-call]  # of the SDK
        assert planned(tmp_path, manager) == {
            "service.db": {
                "environment.MORE": "drifted",
                "networks.shop_db_nw": "drifted",
                "networks.shop_web_nw": "drifted",
                "replicas": "drifted",
            }
        }
        done(tmp_path, manager, "apply", "-y")
        assert planned(tmp_path, manager) == {}
        assert {one.name: one.id for one in client.services.list()} == before

        write(tmp_path, program="no-such-program", greeting="hi", replicas=2)
        code, said = swarm(tmp_path, manager, "apply", "-y")
        assert code == 1
        assert "Swarm has paused the update" in said
        assert f"task 1 on {manager.name} " in said
        assert 'exec: "no-such-program": executable file not found' in said
        assert planned(tmp_path, manager) == {"service.web": {"state": "drifted"}}
        code, said = swarm(tmp_path, manager, "status")
        assert code == 2
        assert "0 of 1 run, update paused" in said

        done(tmp_path, manager, "destroy", "-y")
        assert client.services.list() == client.configs.list() == client.secrets.list() == []
        assert client.networks.list(filters={"label": "topo.stack=shop"}) == []
        assert [one.name for one in client.volumes.list()] == ["shop_data"]


def test_what_a_swarm_cannot_do_is_refused_with_its_line(manager: LabEngine, tmp_path: Path) -> None:
    write(tmp_path)
    file = tmp_path / "stack.yml"
    file.write_text(file.read_text().replace("    init: true\n", "    privileged: true\n"))
    code, said = swarm(tmp_path, manager, "apply", "-y")
    assert code == 1
    assert "privileged of service db cannot be had on a Swarm" in said
    assert "stack.yml:15" in said


def test_an_engine_that_manages_no_swarm_is_told_so(tmp_path: Path, lab_engine: LabEngine) -> None:
    write(tmp_path)
    code, said = swarm(tmp_path, lab_engine, "plan")
    assert code == 1
    assert "this engine is no manager of a Swarm" in said
    assert "docker swarm init" in said
