"""Plans as docker commands, carried out by a shell: topo finds what it would have made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.render.steps import SAYINGS
from cli.script.asked import Asked
from cli.script.commands import COMMANDS, Writing, commands
from cli.script.files import Places
from reconciler import steps
from reconciler.diff import Action, Cause
from reconciler.steps import StartContainer, WaitHealthy
from tests.contract.samples import ALONE, service_samples
from tests.support import bench as benches
from tests.support import lab
from tests.support.applying import planned
from tests.support.bench import Bench
from tests.support.builders import has_buildx
from tests.support.command import process, topo
from tests.support.lab import LabEngine
from topology.models import Network, Service, Stack, Volume


def docker_command(engine: LabEngine) -> str:
    """The docker command of this machine, or else one of the lab's."""
    roots = Path(engine.root).parent.glob("*/usr/bin/docker")
    return shutil.which("docker") or str(next(iter(sorted(roots))))


def shell(engine: LabEngine, script: str, folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Runs a script with the docker command of `docker_command`, talking to this engine and no other."""
    (folder / "bin").mkdir(exist_ok=True)
    if not (folder / "bin" / "docker").exists():
        (folder / "bin" / "docker").symlink_to(docker_command(engine))
    environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    return subprocess.run(
        ["sh"],
        input=script,
        env={**environment, "DOCKER_HOST": engine.url, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


SAID_OTHERWISE = {"entrypoint", "healthcheck"}
"""The docker command has no flag for a program with arguments, nor for a check without a shell."""

NEWER = {"annotations", "mac_address"}
"""Fields that a docker command knows, or says in a way that the engine knows, only if both are new."""


@pytest.fixture
def real_bench(lab_engine: LabEngine) -> Iterator[Bench]:
    found = benches.real(lab_engine)
    yield found
    benches.swept(found.daemon, found.prefix)


def test_every_field_of_a_service_can_be_said_in_a_command(real_bench: Bench, tmp_path: Path) -> None:
    """All samples of the table of fields at once, made and not started."""
    bench = real_bench
    stack = everything(bench)
    plan = planned(bench.engine, stack)
    writing = Writing(asked=Asked(), places=Places(stack))
    lines = [
        line
        for step in plan.steps
        if not isinstance(step, StartContainer | WaitHealthy)
        for line in commands(step, writing)
    ]
    assert bench.lab is not None
    ran = shell(bench.lab, "\n".join(["set -eu", *lines]), tmp_path)
    assert ran.returncode == 0, ran.stderr

    after = planned(bench.engine, stack)
    assert {change.action for change in after.changes} <= {Action.UPDATE, Action.REPLACE}
    differ = {
        (change.address.name, field.name, str(field.old), str(field.new))
        for change in after.changes
        for field in change.fields
        if field.name != "state" and field.cause is not Cause.NEEDED
    }
    assert {field for _, field, *_ in differ} <= SAID_OTHERWISE, differ


def everything(bench: Bench) -> Stack:
    services: dict[str, Service] = {"peer": Service(**ALONE)}
    for row, samples in service_samples(bench.folder).items():
        if row not in {"privileged", *NEWER}:
            services |= {f"{row}_{n}": sample.services()[0] for n, sample in enumerate(samples)}
    services = {name: one for name, one in services.items() if not _is_special(one)}
    joined = {key for service in services.values() for key in service.networks}
    networks = {key: Network() for key in joined}
    return Stack(name=bench.prefix, services=services, networks=networks, volumes={"data": Volume()})


def _is_special(service: Service) -> bool:
    """Has an address that another test may want, or a priority that only new commands have a flag for."""
    return "fixed" in service.networks or any(one.gw_priority for one in service.networks.values())


STACK = """\
name: {stack}
services:
  web:
    image: busybox:latest
    command: [sh, -c, exec sleep $$0, {seconds}, --token=hunter2]
    stop_signal: SIGKILL
    replicas: {replicas}
    networks: {{front: , back: {{aliases: [backend]}}}}
    links: ["db:database"]
    environment: {{API_TOKEN: "it's $$secret", "odd.password": zz, PLAIN: a b}}
    secrets: [key]
    configs: [page]
    mem_limit: {memory}
    healthcheck: {{test: test -e /run/secrets/key, interval: 200ms}}
  db:
    image: busybox:latest
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    networks: {{back: {{ipv4_address: 10.254.11.9}}}}
    volumes: ["data:/data"]
networks: {{front: , back: {{internal: true, ipam: {{config: [{{subnet: 10.254.11.0/24}}]}}}}}}
volumes: {{data: }}
secrets: {{key: {{file: key.txt}}}}
configs: {{page: {{content: "two\nlines"}}}}
"""
GIVEN = {
    "WEB_API_TOKEN": "it's $secret",
    "WEB_ODD_PASSWORD": "zz",
    "WEB_CMD_4": "--token=hunter2",
    "CONTENT_PAGE": "two\nlines",
}
SECRETS = ("hunter2", "it's $secret", "=zz", "the key", "two\nlines")


@pytest.mark.newest
def test_a_script_does_what_apply_would_do_and_holds_no_secret(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path
) -> None:
    """Made, scaled and changed in place by scripts alone; topo then finds nothing to do."""
    (tmp_path / "key.txt").write_text("the key")
    for seconds, replicas, memory in (("1000", 1, "32m"), ("1000", 2, "48m"), ("2000", 2, "48m")):
        text = STACK.format(stack=stack_name, seconds=f'"{seconds}"', replicas=replicas, memory=memory)
        (tmp_path / "stack.yml").write_text(text)
        written = process(tmp_path, "plan", "--format", "sh", "--detailed-exitcode", "-H", lab_engine.url)
        assert (written.code, written.err) == (2, "")
        assert not [secret for secret in SECRETS if secret in written.out]
        ran = shell(lab_engine, written.out, tmp_path, **GIVEN)
        assert ran.returncode == 0, ran.stderr

        after = process(tmp_path, "plan", "--format", "json", "-H", lab_engine.url)
        changes = json.loads(after.out)["changes"]
        assert changes == [], after.out


BUILT = """\
name: {stack}
services:
  top:
    build:
      context: ./top
      dockerfile_inline: |
        FROM base
        ARG TOKEN
        RUN --mount=type=secret,id=pin test "$$(cat /run/secrets/pin) $$TOKEN" = "$$(cat /is)"
      additional_contexts: {{base: "service:base"}}
      secrets: [pin]
      args: {{TOKEN: it's hush}}
      ulimits: {{nofile: 77}}
    command: [sleep, "1000"]
    stop_signal: SIGKILL
  base: {{build: ./base, command: [sleep, "1000"], stop_signal: SIGKILL}}
secrets: {{pin: {{environment: PIN}}}}
"""


@pytest.mark.newest
def test_a_script_builds_images_by_buildkit_one_upon_the_other(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a secret and an argument that stand nowhere; a change of the lower image is one of both."""
    has_buildx(monkeypatch, tmp_path / "buildx")
    given = {name: os.environ[name] for name in ("DOCKER_CONFIG", "BUILDX_CONFIG")}
    given |= {"PIN": "a 'pin'", "TOP_TOKEN": "it's hush"}
    for folder in ("base", "top"):
        (tmp_path / folder).mkdir()
    (tmp_path / "stack.yml").write_text(BUILT.format(stack=stack_name))
    file = tmp_path / "base" / "Dockerfile"
    file.write_text("FROM busybox:latest\nRUN echo \"a 'pin' it's hush\" > /is\n")
    written = process(tmp_path, "plan", "--format", "sh", "-H", lab_engine.url, **given)
    assert written.out.count("docker buildx build") == 2, written.err
    assert not [secret for secret in ("'pin'", "hush") if secret in written.out]
    ran = shell(lab_engine, written.out, tmp_path, **given)
    assert ran.returncode == 0, ran.stderr
    plan = ("plan", "--format", "json", "-H", lab_engine.url)
    assert json.loads(process(tmp_path, *plan, **given).out)["changes"] == []
    file.write_text(f"{file.read_text()}RUN true\n")
    changed = json.loads(process(tmp_path, *plan, **given).out)["changes"]
    assert {change["name"] for change in changed} == {"top", "base"}


SERVER = "sleep 0.5; mkdir /w; echo hello >/w/there; echo server is up; exec httpd -f -p 8000 -h /w"


@pytest.mark.newest
def test_a_script_waits_until_services_are_ready(
    lab_engine: LabEngine, stack_name: str, tmp_path: Path
) -> None:
    """The commands are the same for each engine, so one engine is enough."""
    if lab_engine != lab.engines()[-1]:
        return
    ways: dict[str, dict[str, Any]] = {
        "tcp": {"tcp": 8000},
        "page": {"http": "8000/there"},
        "log": {"log": "is .p"},
        "inside": {"exec": ["test", "-s", "/w/there"]},
    }
    services: dict[str, dict[str, Any]] = {
        name: {
            "image": "busybox:latest",
            "command": ["sh", "-c", SERVER],
            "stop_signal": "SIGKILL",
            "ready": {**way, "within": "20s"},
        }
        for name, way in ways.items()
    }
    stack = {"name": stack_name, "services": services}
    (tmp_path / "stack.yml").write_text(json.dumps(stack))
    written = process(tmp_path, "plan", "--format", "sh", "-H", lab_engine.url)
    ran = shell(lab_engine, written.out, tmp_path)
    assert ran.returncode == 0, ran.stderr
    never = services["tcp"] | {"ready": {"tcp": 8001, "within": "1s"}, "environment": {"V": "2"}}
    stack = {"name": stack_name, "services": services | {"tcp": never}}
    (tmp_path / "stack.yml").write_text(json.dumps(stack))
    ran = shell(lab_engine, process(tmp_path, "plan", "--format", "sh", "-H", lab_engine.url).out, tmp_path)
    assert (ran.returncode, "not ready: " in ran.stderr) == (1, True), ran.stderr


def test_a_script_asks_for_what_it_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(STACK.format(stack="s", seconds="'1'", replicas=1, memory="32m"))
    (tmp_path / "key.txt").write_text("the key")
    written = topo(tmp_path, "plan", "--format", "sh", "--engine", "memory")
    ran = subprocess.run(["sh"], input=written.out, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "WEB_CMD_4: Cmd_4 of web" in ran.stderr


def test_a_plan_with_an_obstacle_is_a_script_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "stack.yml").write_text(
        "name: s\nservices: {a: {image: x}}\nnetworks: {n: {external: true}}\n"
    )
    written = topo(tmp_path, "plan", "--format", "sh", "--engine", "memory")
    assert written.code == 1
    assert "# in the way: network.n: external network n does not exist" in written.out
    ran = subprocess.run(["sh"], input=written.out, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "this plan cannot be carried out\n")


def test_each_kind_of_step_has_its_commands() -> None:
    swarm = {steps.CreateService, steps.RemoveService, steps.UpdateService, steps.WaitService}
    swarm |= {steps.CreateKept, steps.RemoveKept}
    assert set(COMMANDS) == set(SAYINGS) - swarm
