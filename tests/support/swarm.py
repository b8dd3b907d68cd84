"""A Swarm of three nodes on a switch of its own, started by `examples/lab/swarm.sh`."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from msgspec import Struct

from examples.lab.images import build
from examples.lab.images.catalogue import IMAGES
from tests.support import lab, namespaces
from tests.support.lab import LabEngine

OUTSIDE = "198.18.9.1"
"""The address of the switch, where clients are."""
_CANNOT = 77


class NoSwarm(Exception):
    """This machine cannot hold a Swarm, and why."""


class LabSwarm(Struct, frozen=True, kw_only=True):
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

    @property
    def is_gone(self) -> bool:
        """Neither processes nor folders are left of it."""
        left = (Path(f"/proc/{pid}") for pid in (self.switch, *(node.holder for node in self.nodes)))
        return not any(path.exists() for path in (*left, *(node.socket.parent for node in self.nodes)))


@contextmanager
def three_nodes(like: LabEngine, *, managers: int = 1) -> Iterator[LabSwarm]:
    """A Swarm of three engines of that release; each can pull what the lab has, under official names.

    Raises:
        NoSwarm: it cannot be had here.
    """
    if os.geteuid():
        raise NoSwarm("a Swarm of three nodes needs root")
    name = f"s{uuid.uuid4().hex[:8]}"
    try:
        mirror = build.mirrored(build.CACHE, IMAGES)
        _script("start", name, str(managers), ENGINE_OS=like.root, ENGINE_MIRROR=str(mirror))
        described = json.loads(_script("describe", name))
        nodes = tuple(lab.parse(node) for node in described["engines"])
        yield LabSwarm(nodes=nodes, switch=int(described["switch"]))
    finally:
        _script("stop", name)


def _script(*words: str, **environment: str) -> str:
    done = subprocess.run(
        [lab.SCRIPT.with_name("swarm.sh"), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == _CANNOT:
        raise NoSwarm(done.stderr)
    assert done.returncode == 0, done.stderr
    return done.stdout
