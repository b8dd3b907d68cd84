"""What `topo config` prints is a stack file: it reads back as the same stack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.render import config
from cli.render.ink import Look
from cli.render.longform import long_written
from cli.render.stackfile import written
from cli.report.config import Config
from tests.support.golden import matches
from topology.load import load
from topology.models import (
    Attachment,
    Build,
    BuildSecret,
    Condition,
    Dependency,
    Expose,
    Healthcheck,
    Ipam,
    Link,
    Mount,
    Network,
    Policy,
    Port,
    Restart,
    Secret,
    Service,
    Stack,
    Subnet,
    Volume,
)
from topology.models import Config as StackConfig

EVERYTHING = Stack(
    name="shop",
    services={
        "web": Service(
            image="nginx:1.27",
            command=("nginx", "-g", "daemon off;"),
            entrypoint=("/entry",),
            environment={
                "NUMBER": "0o17",
                "ROUND": "1_000",
                "DOLLAR": "$HOME ${X:-y} $$",
                "WORD": "on",
                "EMPTY": "",
                "LINES": "one\ntwo\n",
                "WIDE": "数据 'quoted' \"twice\"",
            },
            ports=(
                Port(target=80, published=(8080, 8089)),
                Port(target=81, published=(9000, 9003), host_ip="::1"),
                Port(target=53, protocol="udp", host_ip="127.0.0.1"),
                Port(target=99),
            ),
            expose=(Expose(port=80), Expose(port=53, protocol="udp")),
            volumes=(
                Mount(type="bind", source="/srv", target="/a", read_only=True),
                Mount(type="bind", source="/srv2", target="/b", create_host_path=False, propagation="rslave"),
                Mount(type="volume", source="data", target="/c", nocopy=True),
                Mount(type="volume", source="data", target="/d"),
                Mount(type="tmpfs", target="/e", size=1048576, mode=0o1777),
            ),
            networks={"front": Attachment(aliases=("www", "shop")), "back": Attachment(gw_priority=1)},
            links=(Link(service="db", alias="database", port=5432), Link(service="job", alias="job")),
            depends_on={
                "db": Dependency(condition=Condition.HEALTHY, restart=True),
                "job": Dependency(condition=Condition.COMPLETED, required=False),
            },
            healthcheck=Healthcheck(test=("CMD-SHELL", "true"), interval=90.5, retries=3, start_period=0.25),
            restart=Restart(policy="on-failure", retries=3),
            replicas=2,
            hostname="www",
            labels={"topo": "a=b", "n": "1.10"},
            user="1000:1000",
            stop_grace_period=75.0,
            extra_hosts=("host.docker.internal:host-gateway",),
            init=True,
            read_only=True,
            cap_add=("NET_ADMIN",),
            mem_limit=512 * 1024**2,
            cpus=0.5,
            pids_limit=100,
        ),
        "db": Service(
            build=Build(
                context="/srv/db",
                args={"V": "16"},
                additional_contexts={"web": "service:web", "res": "/srv/res"},
                secrets=(BuildSecret(source="key", target="key"), BuildSecret(source="key", target="pin")),
                ssh={"default": "", "own": "/srv/key"},
                provenance="mode=max",
            ),
            networks={"back": Attachment(ipv4_address="10.9.0.5")},
            healthcheck=Healthcheck(test=("CMD", "ready"), interval=5.0),
            restart=Restart(policy="no"),
        ),
        "job": Service(image="busybox", network_mode="none", healthcheck=Healthcheck(test=("NONE",))),
    },
    networks={
        "front": Network(),
        "back": Network(
            internal=True,
            driver_opts={"com.docker.network.bridge.enable_icc": "false"},
            ipam=Ipam(config=(Subnet(subnet="10.9.0.0/24", gateway="10.9.0.1"),)),
        ),
        "theirs": Network(external=True, name="proxy"),
    },
    volumes={"data": Volume(labels={"keep": "yes"})},
    secrets={"key": Secret(file="/srv/key.txt")},
    policy=Policy(default="deny", claims=("world cannot reach db", "web can reach db on 5432")),
)


def report(stack: Stack) -> Config:
    """What `topo config` reports of a stack."""
    return Config(stack=written(stack), long=long_written(stack))


def read_back(text: str, directory: Path) -> Stack:
    """The stack in a file that says `text`."""
    return load(["-"], environ={}, directory=directory, stdin=text).stack


@pytest.mark.parametrize("write", [config.text, config.as_json])
def test_what_is_written_reads_back_as_the_same_stack(write: object, tmp_path: Path) -> None:
    text = write(report(EVERYTHING), Look())  # type: ignore[operator]  # one of the writers
    again = read_back(text, tmp_path)
    assert again.model_dump() == EVERYTHING.model_dump()
    assert write(report(again), Look()) == text  # type: ignore[operator]  # one of the writers


def test_the_file_is_as_reviewed() -> None:
    matches(config.text(report(EVERYTHING), Look()), "config.yml")


def test_json_is_a_stack_file_and_no_report() -> None:
    found = json.loads(config.as_json(report(EVERYTHING), Look()))
    assert list(found) == ["name", "services", "networks", "volumes", "secrets", "policy"]


def test_names_alone_are_a_line_each_and_a_list_in_json() -> None:
    report = Config(stack={}, names=("nginx", "db"))
    assert config.text(report, Look()) == "nginx\ndb"
    assert json.loads(config.as_json(report, Look())) == ["nginx", "db"]


def test_content_that_ends_in_empty_lines_keeps_them(tmp_path: Path) -> None:
    stack = Stack(
        name="shop", services={"a": Service(image="a")}, configs={"c": StackConfig(content="x\n\n\n")}
    )
    assert read_back(config.text(report(stack), Look()) + "\n", tmp_path).configs == stack.configs


def test_what_a_variable_held_is_not_printed() -> None:
    stack = Stack(name="shop", secrets={"key": Secret(environment="KEY", content="hidden")})
    for write in (config.text, config.as_json):
        assert "hidden" not in write(report(stack), Look())
