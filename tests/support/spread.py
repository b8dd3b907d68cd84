"""An example that moves to a Swarm of three nodes: a copy of its folder, and what `.env` says there."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from msgspec import Struct

from tests.support.command import Ran, topo_on
from tests.support.example import EXAMPLES
from tests.support.lab import LabEngine
from tests.support.load import Load, load_on
from tests.support.registry import Registry, registry_on
from tests.support.swarm import LabSwarm

PORT = 8080


class Spread(Struct, frozen=True, kw_only=True):
    """An example that is laid out for a Swarm by its swarm.yml; its database is kept by the second node."""

    name: str
    folder: Path
    swarm: LabSwarm
    registry: Registry

    @property
    def keeper(self) -> LabEngine:
        """The node of the database."""
        return self.swarm.nodes[1]

    @property
    def ways(self) -> tuple[str, ...]:
        """Flags that lead to the nodes beside the manager."""
        return tuple(word for node in self.swarm.nodes[1:] for word in ("--node", node.url))

    def topo(self, *arguments: str) -> Ran:
        return topo_on(self.swarm.manager.url, self.folder, *arguments)

    def done(self, *arguments: str) -> str:
        ran = self.topo(*arguments)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    def released(self, release: str) -> None:
        """Builds and pushes the application as another release, which is wanted from now on."""
        tag, said = f"{self.name}-flaskapp:{release}", {"RELEASE": release}
        with self.swarm.manager.client() as client:
            client.images.build(path=str(self.folder / "web"), tag=tag, buildargs=said, rm=True)
        self.registry.push(tag, tag)
        said |= {"REGISTRY": self.registry.at, "DB_NODE": self.keeper.name}
        said |= {"TOPO_FILE": "stack.yml:swarm.yml"}
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in said.items()))

    def pages(self) -> list[str]:
        """What each node answers to who is outside."""
        with self.swarm.outside():
            return [self._page(self.swarm.address(node)) for node in self.swarm.nodes]

    def _page(self, address: str) -> str:
        with urllib.request.urlopen(f"http://{address}:{PORT}/", timeout=10) as page:
            return str(page.read().decode())

    def asked(self) -> AbstractContextManager[Load]:
        """A load on all nodes while the block runs."""
        addresses = [self.swarm.address(node) for node in self.swarm.nodes]
        return load_on(self.swarm.outside, addresses, PORT, per_second=40)

    def tasks(self) -> list[tuple[str, str, str]]:
        """Service, node and state of each task, as `topo status` tells them."""
        units = json.loads(self.topo("status", "--format", "json").out)["units"]
        return [(unit["service"], task["node"], task["state"]) for unit in units for task in unit["tasks"]]

    def left(self) -> list[str]:
        """What is on any node, but for images and what the Swarm itself needs."""
        return [found for node in self.swarm.nodes for found in _left_on(node, self.name)]


@contextmanager
def spread(name: str, swarm: LabSwarm, folder: Path) -> Iterator[Spread]:
    """The first release of an example, ready to be applied."""
    shutil.copytree(EXAMPLES / name, folder / name)
    with registry_on(swarm.nodes, folder) as images:
        found = Spread(name=name, folder=folder / name, swarm=swarm, registry=images)
        found.released("1")
        yield found


def _left_on(node: LabEngine, name: str) -> list[str]:
    with node.client() as client:
        containers = [str(one.name) for one in client.containers.list(all=True, ignore_removed=True)]
        networks = [one["Name"] for one in client.api.networks() if one["Name"].startswith(name)]
        volumes = [one.name for one in client.volumes.list()]
    return [*containers, *networks, *volumes]
