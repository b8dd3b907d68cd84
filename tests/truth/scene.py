"""What an applied stack has become on an engine: addresses, ports and namespaces, read and not assumed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.support import packets
from tests.support.lab import STACK_LABEL, LabEngine
from tests.support.namespaces import netns

HOST, WORLD = "host", "world"
OUTSIDE, INSIDE = "198.18.0.1", "198.18.0.2"
"""The two ends of the wire between the host and a machine beyond it (a range kept for measurements)."""


class Opening(Struct, frozen=True, kw_only=True):
    """A published port as the engine reports it."""

    host_ip: str
    host_port: int
    target: int


class Place(Struct, frozen=True, kw_only=True):
    """One network stack: a container's, the host's, the world's. `addresses` is by key of the network."""

    name: str
    service: str
    namespace: Path
    addresses: Mapping[str, str]
    openings: tuple[Opening, ...] = ()
    hosts: Mapping[str, str]


class Scene(Struct, frozen=True, kw_only=True):
    """All containers that hold a network stack of their own, and the addresses of the host."""

    places: Mapping[str, Place]
    host_addresses: tuple[str, ...]


def seen(engine: LabEngine, stack: str) -> Scene:
    with engine.client() as client:
        listed = client.api.containers(filters={"label": f"{STACK_LABEL}={stack}"})
        raw = [client.api.inspect_container(one["Id"]) for one in listed]
    places = {one.name: one for one in (_place(engine, stack, each) for each in raw) if one}
    with engine.network():
        addresses = tuple(_addresses())
    return Scene(places=dict(sorted(places.items())), host_addresses=addresses)


def _place(engine: LabEngine, stack: str, raw: Mapping[str, Any]) -> Place | None:
    """None for those who live in another's network stack or in the host's."""
    if raw["HostConfig"]["NetworkMode"].startswith(("container:", "host")):
        return None
    process = f"/proc/{engine.holder}/root/proc/{raw['State']['Pid']}"
    name = raw["Name"].lstrip("/")
    networks = raw["NetworkSettings"]["Networks"]
    return Place(
        name=name,
        service=name.removeprefix(f"{stack}-").rpartition("-")[0],
        namespace=Path(process) / "ns/net",
        addresses={
            network.removeprefix(f"{stack}_"): one["IPAddress"]
            for network, one in networks.items()
            if one["IPAddress"]
        },
        openings=tuple(_openings(raw["NetworkSettings"]["Ports"])),
        hosts=dict(_hosts(Path(raw["HostsPath"]), engine)),
    )


def _openings(ports: Mapping[str, Any]) -> Iterator[Opening]:
    for inside, outside in ports.items():
        for one in outside or ():
            if ":" not in one["HostIp"] and one["HostPort"]:
                target = int(inside.partition("/")[0])
                yield Opening(host_ip=one["HostIp"], host_port=int(one["HostPort"]), target=target)


def _hosts(path: Path, engine: LabEngine) -> Iterator[tuple[str, str]]:
    """Names in the container's /etc/hosts; the first entry of a name counts."""
    text = Path(f"/proc/{engine.holder}/root{path}").read_text()
    for line in reversed(text.splitlines()):
        address, *names = line.partition("#")[0].split() or [""]
        yield from ((name.lower(), address) for name in names if ":" not in address)


def _addresses() -> Iterator[str]:
    listed = subprocess.run(["ip", "-j", "-4", "addr"], check=True, stdout=subprocess.PIPE, text=True)
    for interface in json.loads(listed.stdout):
        yield from (one["local"] for one in interface["addr_info"])


@contextmanager
def wired(engine: LabEngine) -> Iterator[Path]:
    """A machine beyond the host, on a wire of its own, that knows the way to every container's address."""
    with packets.own_namespace() as world:
        with engine.network():
            _run("ip link add world type veth peer name eth0 netns", str(world))
            _run(f"ip addr add {INSIDE}/30 dev world")
            _run("ip link set world up")
        with netns(world):
            _run("ip link set lo up")
            _run(f"ip addr add {OUTSIDE}/30 dev eth0")
            _run("ip link set eth0 up")
            _run(f"ip route add 10.0.0.0/8 via {INSIDE}")
        try:
            yield world
        finally:
            with engine.network():
                _run("ip link del world")


def _run(command: str, *more: str) -> None:
    subprocess.run([*command.split(), *more], check=True)
