"""Thirty kinds of drift: `plan` names the field, and watching takes each away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.watching.inbox import Happened
from cli.watching.loop import Mode
from reconciler.engines.daemon import Json
from reconciler.engines.memory import MemoryDaemon
from reconciler.engines.memory import containers as modelled
from tests.support.applying import planned
from tests.unit.cli.test_watch import RELEVANT, Scene, staged

NAME = "shop-web-1"
STACK = """\
name: shop
services:
  web:
    image: busybox
    command: [sleep, "1000"]
    networks: {front: {aliases: [www]}, back: }
    restart: always
    mem_limit: 64m
    mem_reservation: 32m
    cpus: 0.5
    cpu_shares: 512
    cpuset: "0"
    pids_limit: 100
networks: {front: , back: }
"""
Deed = Callable[[MemoryDaemon], None]


def updated(**body: Any) -> Deed:
    return lambda daemon: daemon.update(NAME, body)


def paused(daemon: MemoryDaemon) -> None:
    with daemon._write():
        modelled.pause(daemon.world.container(NAME))


def rejoined(**endpoint: Any) -> Deed:
    def deed(daemon: MemoryDaemon) -> None:
        daemon.disconnect("shop_front", NAME, force=True)
        daemon.connect("shop_front", NAME, endpoint)

    return deed


def joined(daemon: MemoryDaemon) -> None:
    daemon.create_network({"Name": "foreign"})
    daemon.connect("foreign", NAME, {})


def cut(daemon: MemoryDaemon) -> None:
    daemon.disconnect("shop_back", NAME, force=True)
    daemon.remove_network("shop_back")


def made_anew(config: Json | None = None, host: Json | None = None) -> Deed:
    """Somebody removed the container and made it again, almost as it was."""

    def deed(daemon: MemoryDaemon) -> None:
        there = daemon.container(NAME)
        networks = there["NetworkSettings"]["Networks"]
        daemon.remove_container(NAME, volumes=False)
        endpoints = {name: {"Aliases": one.get("Aliases")} for name, one in networks.items()}
        body = {
            **there["Config"],
            **(config or {}),
            "HostConfig": {**there["HostConfig"], **(host or {})},
            "NetworkingConfig": {"EndpointsConfig": endpoints},
        }
        body.pop("Hostname", None) if "Hostname" not in (config or {}) else None
        daemon.create_container(NAME, body)
        daemon.start(NAME)

    return deed


DEEDS: dict[str, tuple[Deed, str]] = {
    "killed": (lambda daemon: daemon.stop(NAME, 0), "state"),
    "paused": (paused, "state"),
    "removed": (lambda daemon: daemon.remove_container(NAME, volumes=False), ""),
    "renamed": (lambda daemon: daemon.rename(NAME, "other"), "name"),
    "taken off a network": (
        lambda daemon: daemon.disconnect("shop_front", NAME, force=True),
        "networks.shop_front",
    ),
    "put on a foreign network": (joined, "networks.foreign"),
    "alias lost": (rejoined(Aliases=["web"]), "networks.shop_front"),
    "alias more": (rejoined(Aliases=["web", "www", "db"]), "networks.shop_front"),
    "network removed": (cut, "networks.shop_back"),
    "restart policy": (updated(RestartPolicy={"Name": "no"}), "restart"),
    "memory": (updated(Memory=32 << 20, MemorySwap=64 << 20), "mem_limit"),
    "memory and swap": (updated(MemorySwap=256 << 20), "memswap_limit"),
    "memory reservation": (updated(MemoryReservation=16 << 20), "mem_reservation"),
    "processors": (updated(NanoCpus=250_000_000), "cpus"),
    "processor shares": (updated(CpuShares=128), "cpu_shares"),
    "processor set": (updated(CpusetCpus="0-1"), "cpuset"),
    "processes": (updated(PidsLimit=7), "pids_limit"),
    "variable": (made_anew({"Env": ["DEBUG=1"]}), "environment.DEBUG"),
    "command": (made_anew({"Cmd": ["sleep", "7"]}), "command"),
    "entrypoint": (made_anew({"Entrypoint": ["env"]}), "entrypoint"),
    "user": (made_anew({"User": "7"}), "user"),
    "working directory": (made_anew({"WorkingDir": "/srv"}), "working_dir"),
    "hostname": (made_anew({"Hostname": "boss"}), "hostname"),
    "signal": (made_anew({"StopSignal": "SIGINT"}), "stop_signal"),
    "terminal": (made_anew({"Tty": True}), "tty"),
    "mount": (made_anew(host={"Binds": ["/etc:/host:ro"]}), "volumes./host"),
    "published port": (made_anew(host={"PortBindings": {"80/tcp": [{"HostPort": "8081"}]}}), "ports"),
    "capability": (made_anew(host={"CapAdd": ["NET_ADMIN"]}), "cap_add"),
    "privileges": (made_anew(host={"Privileged": True}), "privileged"),
    "root file system": (made_anew(host={"ReadonlyRootfs": True}), "read_only"),
    "hosts": (made_anew(host={"ExtraHosts": ["db:10.0.0.9"]}), "extra_hosts"),
    "name server": (made_anew(host={"Dns": ["10.0.0.9"]}), "dns"),
}


@pytest.mark.parametrize("kind", DEEDS)
def test_each_kind_of_drift_is_named_and_taken_away(kind: str, tmp_path: Path) -> None:
    scene: Scene = staged(tmp_path, Mode(), STACK)
    deed, field = DEEDS[kind]
    scene.run(1.0)
    deed(scene.on.daemon)
    named = {
        one.name
        for change in planned(scene.on.engine, scene.watch.read.stack).changes
        for one in change.fields
    }
    assert field in named | {""}
    scene.script.at(2.0, Happened(RELEVANT))
    told = scene.run(20.0)
    drifted = [one for one in told if one["event"] == "drift" and one["address"] == "service.web[1]"]
    fields: Any = drifted[0].get("fields", [])
    assert field in {one["name"] for one in fields} | {""}
    assert any(one["event"] == "healed" and one["address"] == "service.web[1]" for one in told), told
    assert not planned(scene.on.engine, scene.watch.read.stack)
