"""A Swarm of three nodes on a switch of its own, started by `examples/lab/swarm.sh`."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import docker
from docker.errors import APIError, NotFound

from tests.support import lab, namespaces
from tests.support.lab import LabEngine, unless_gone
from tests.support.waiting import eventually

OUTSIDE = "198.18.9.1"
"""The address of the switch, where clients are."""
_CANNOT = 77


class NoSwarm(Exception):
    """This machine cannot hold a Swarm, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSwarm:
    """Three nodes, the first of them a manager; `switch` is the process whose network is outside of them."""

    nodes: tuple[LabEngine, ...]
    switch: int

    @property
    def manager(self) -> LabEngine:
        return self.nodes[0]

    def node(self, name: str) -> LabEngine:
        (found,) = (node for node in self.nodes if node.name == name)
        return found

    def outside(self) -> AbstractContextManager[None]:
        """Puts the calling thread where clients are: ports of a node are reached at its `address`."""
        return namespaces.netns(Path(f"/proc/{self.switch}/ns/net"))

    def address(self, node: LabEngine) -> str:
        return f"198.18.9.{11 + self.nodes.index(node)}"

    def clear(self) -> None:
        """Removes all services with what only they need: tests share the nodes, one after the other."""
        with self.manager.client() as client:
            for service in client.services.list():
                unless_gone(client.api.remove_service, str(service.id))
            for node in self.nodes:
                _clear_node(node)
            for secret in client.secrets.list():
                unless_gone(client.api.remove_secret, str(secret.id))
            for config in client.configs.list():
                unless_gone(client.api.remove_config, str(config.id))
            for network in client.api.networks(filters={"driver": "overlay"}):
                if not network["Ingress"]:
                    removed = partial(_removed, client, network["Id"])
                    assert eventually(removed, within=20.0), network["Name"]


@contextmanager
def three_nodes(like: LabEngine, *, managers: int = 1) -> Iterator[LabSwarm]:
    """A Swarm of three engines of that release; each has the image `busybox:latest`.

    Raises:
        NoSwarm: it cannot be had here.
    """
    if os.geteuid():
        raise NoSwarm("a Swarm of three nodes needs root")
    name = f"s{uuid.uuid4().hex[:8]}"
    try:
        _script("start", name, str(managers), root=like.root)
        described = json.loads(_script("describe", name))
        nodes = tuple(lab.parse(node) for node in described["engines"])
        lab.copy_image("busybox:latest", like, *nodes)
        yield LabSwarm(nodes=nodes, switch=int(described["switch"]))
    finally:
        _script("stop", name)


def _script(*words: str, root: str = "") -> str:
    done = subprocess.run(
        [lab.SCRIPT.with_name("swarm.sh"), *words],
        env={**os.environ, "ENGINE_OS": root},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == _CANNOT:
        raise NoSwarm(done.stderr)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _clear_node(node: LabEngine) -> None:
    """What tests made on one node beside the tasks, which end with their services."""
    with node.client() as client:
        for container in client.containers.list(all=True, ignore_removed=True):
            unless_gone(client.api.remove_container, str(container.id), force=True, v=True)
        for volume in client.volumes.list():
            unless_gone(client.api.remove_volume, volume.name)
        for network in client.api.networks(filters={"driver": "bridge", "type": "custom"}):
            if network["Name"] != "docker_gwbridge":
                unless_gone(client.api.remove_network, network["Id"])


def _removed(client: docker.DockerClient, network: str) -> bool:
    """A network stays until the last task on it has ended."""
    try:
        client.api.remove_network(network)
    except NotFound:
        return True
    except APIError:
        return False
    return True
