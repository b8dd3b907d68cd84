"""Kinds of drift that people make by hand, each with the field that has to be named afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from reconciler.engines.daemon import Json
from tests.support.bench import Bench

Deed = Callable[[Bench, str], None]
"""Done to the container of this name, of the stack whose name is the bench's prefix."""

SERVICE: Final = """\
    image: busybox
    command: [sleep, "1000"]
    stop_signal: SIGKILL
    networks: {front: {aliases: [www]}, back: }
    restart: always
    mem_limit: 64m
    mem_reservation: 32m
    cpus: 0.5
    cpu_shares: 512
    cpuset: "0"
    pids_limit: 100
"""
"""What a service must say for each kind to be a difference."""


class Drift(Struct, frozen=True, kw_only=True):
    """Something done by hand.

    Attributes:
        field: what has to be named, with `{}` for the stack; empty where the whole container is missing.
    """

    deed: Deed
    field: str


def _stopped(bench: Bench, name: str) -> None:
    bench.daemon.stop(name, 0)


def _killed(bench: Bench, name: str) -> None:
    bench.hands.kill(name)


def _paused(bench: Bench, name: str) -> None:
    bench.hands.pause(name)


def _removed(bench: Bench, name: str) -> None:
    bench.daemon.remove_container(name, volumes=False)


def _renamed(bench: Bench, name: str) -> None:
    bench.daemon.rename(name, f"{name}-otherwise")


def _left(bench: Bench, name: str) -> None:
    bench.daemon.disconnect(f"{bench.prefix}_front", name, force=False)


def _joined(bench: Bench, name: str) -> None:
    bench.network("foreign")
    bench.daemon.connect(bench.name("foreign"), name, {})


def _cut(bench: Bench, name: str) -> None:
    """Whoever else is on the network `back` has to be gone before."""
    bench.daemon.disconnect(f"{bench.prefix}_back", name, force=True)
    bench.daemon.remove_network(f"{bench.prefix}_back")


def _rejoined(*aliases: str, **endpoint: object) -> Deed:
    def deed(bench: Bench, name: str) -> None:
        front = f"{bench.prefix}_front"
        bench.daemon.disconnect(front, name, force=True)
        bench.daemon.connect(front, name, {"Aliases": list(aliases), **endpoint})

    return deed


def _updated(**body: object) -> Deed:
    return lambda bench, name: bench.daemon.update(name, body)


def _made_anew(config: Json | None = None, host: Json | None = None) -> Deed:
    """Somebody removed the container and made it again, almost as it was."""

    def deed(bench: Bench, name: str) -> None:
        there = bench.daemon.container(name)
        endpoints = {
            network: {"Aliases": [one for one in joined.get("Aliases") or () if one != there["Id"][:12]]}
            for network, joined in there["NetworkSettings"]["Networks"].items()
        }
        first = there["HostConfig"]["NetworkMode"]
        kept = {key: value for key, value in there["Config"].items() if key != "Hostname"}
        body = {
            **kept,
            **(config or {}),
            "HostConfig": {**there["HostConfig"], **(host or {})},
            "NetworkingConfig": {"EndpointsConfig": {first: endpoints.pop(first)}},
        }
        bench.daemon.remove_container(name, volumes=False)
        bench.daemon.create_container(name, body)
        for network, joined in endpoints.items():
            bench.daemon.connect(network, name, joined)
        bench.daemon.start(name)

    return deed


DRIFTS: Final[Mapping[str, Drift]] = {
    "stopped": Drift(deed=_stopped, field="state"),
    "killed": Drift(deed=_killed, field="state"),
    "paused": Drift(deed=_paused, field="state"),
    "removed": Drift(deed=_removed, field=""),
    "renamed": Drift(deed=_renamed, field="name"),
    "taken off a network": Drift(deed=_left, field="networks.{}_front"),
    "put on a foreign network": Drift(deed=_joined, field="networks.{}-foreign"),
    "alias lost": Drift(deed=_rejoined("web"), field="networks.{}_front"),
    "alias more": Drift(deed=_rejoined("web", "www", "db"), field="networks.{}_front"),
    "network removed": Drift(deed=_cut, field="networks.{}_back"),
    "restart policy": Drift(deed=_updated(RestartPolicy={"Name": "no"}), field="restart"),
    "memory": Drift(deed=_updated(Memory=32 << 20, MemorySwap=64 << 20), field="mem_limit"),
    "memory and swap": Drift(deed=_updated(Memory=64 << 20, MemorySwap=256 << 20), field="memswap_limit"),
    "memory reservation": Drift(deed=_updated(MemoryReservation=16 << 20), field="mem_reservation"),
    "processors": Drift(deed=_updated(NanoCpus=250_000_000), field="cpus"),
    "processor shares": Drift(deed=_updated(CpuShares=128), field="cpu_shares"),
    "processor set": Drift(deed=_updated(CpusetCpus="0-1"), field="cpuset"),
    "processes": Drift(deed=_updated(PidsLimit=7), field="pids_limit"),
    "variable": Drift(deed=_made_anew({"Env": ["DEBUG=1"]}), field="environment.DEBUG"),
    "command": Drift(deed=_made_anew({"Cmd": ["sleep", "7000"]}), field="command"),
    "entrypoint": Drift(deed=_made_anew({"Entrypoint": ["env"]}), field="entrypoint"),
    "user": Drift(deed=_made_anew({"User": "7"}), field="user"),
    "working directory": Drift(deed=_made_anew({"WorkingDir": "/srv"}), field="working_dir"),
    "hostname": Drift(deed=_made_anew({"Hostname": "boss"}), field="hostname"),
    "terminal": Drift(deed=_made_anew({"Tty": True}), field="tty"),
    "mount": Drift(deed=_made_anew(host={"Binds": ["/etc:/host:ro"]}), field="volumes./host"),
    "published port": Drift(
        deed=_made_anew(host={"PortBindings": {"80/tcp": [{"HostPort": ""}]}}), field="ports"
    ),
    "capability": Drift(deed=_made_anew(host={"CapAdd": ["NET_ADMIN"]}), field="cap_add"),
    "privileges": Drift(deed=_made_anew(host={"SecurityOpt": ["no-new-privileges"]}), field="security_opt"),
    "root file system": Drift(deed=_made_anew(host={"ReadonlyRootfs": True}), field="read_only"),
    "hosts": Drift(deed=_made_anew(host={"ExtraHosts": ["db:10.0.0.9"]}), field="extra_hosts"),
    "name server": Drift(deed=_made_anew(host={"Dns": ["10.0.0.9"]}), field="dns"),
}
