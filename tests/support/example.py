"""Somebody at the command line who tries an example: a copy of its folder, one engine, and its page."""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from msgspec import Struct

from tests.support import lab, namespaces, packets
from tests.support.command import Ran, process
from tests.support.lab import LabEngine
from tests.support.packets import Lookup

EXAMPLES = Path(__file__).parents[2] / "examples"
UNCHANGED, CHANGES, BROKEN = 0, 2, 2
"""Exit codes of `plan --detailed-exitcode`, and of `check`."""

_FIRST_PORT = 20_000
"""With those after it below 32,768, from where on the kernel gives ports to connections that ask for none."""
_PORTS = 4


def host_port(number: int = 0) -> int:
    """A host port that no other process of this run uses: tests may run side by side."""
    return _FIRST_PORT + os.getpid() % 2000 * _PORTS + number


class Example(Struct, frozen=True, kw_only=True):
    """A copy of an example that runs under a name of its own; `variables` are the stack file's."""

    folder: Path
    engine: LabEngine
    client: docker.DockerClient
    stack: str
    variables: dict[str, str]

    def topo(self, *arguments: str, **variables: str) -> Ran:
        """Runs a command on the stack."""
        around = {"DOCKER_HOST": self.engine.url, **self.variables, **variables}
        return process(self.folder, *arguments, "--project-name", self.stack, **around)

    def applied(self, *arguments: str, **variables: str) -> str:
        """Applies, and plans again: nothing may be left. What the apply said."""
        ran = self.topo("apply", "--yes", *arguments, **variables)
        assert ran.code == 0, ran.out + ran.err
        left = self.topo("plan", "--detailed-exitcode", *arguments, **variables)
        assert left.code == UNCHANGED, left.out + left.err
        return ran.out

    def proved(self, *arguments: str, **variables: str) -> None:
        """Proves claims and links by packets: each does what the model says.

        Before 28.0 what is published is open to machines next to the host, so that some can never be proved.
        """
        ran = self.topo("check", "--probe", "--format", "json", *arguments, **variables)
        found = json.loads(ran.out)
        packets_sent = found["packets"]["lines"]
        assert packets_sent
        assert [one for one in packets_sent if not one["agrees"]] == []
        guarded = int(self.engine.version.partition(".")[0]) >= 28
        verdicts = {claim["verdict"] for claim in found["claims"]}
        assert verdicts <= ({"holds"} if guarded else {"holds", "not provable"}), ran.out
        assert ran.code == 0 or not guarded, ran.out + ran.err

    def destroyed(self, *arguments: str) -> None:
        """Destroys with its volumes; nothing of the stack may be left."""
        ran = self.topo("destroy", "--yes", "--volumes", *arguments)
        assert ran.code == 0, ran.out + ran.err
        chosen = {"label": f"{lab.STACK_LABEL}={self.stack}"}
        assert not self.client.api.containers(all=True, filters=chosen)
        assert not self.client.api.networks(filters=chosen)
        assert not self.client.api.volumes(filters=chosen)["Volumes"]

    def page(self, port: int, path: str = "/", **form: str) -> str:
        """What a published port answers to a browser on the host; with fields of a form, to a POST."""
        sent = urllib.parse.urlencode(form).encode() if form else None
        url = f"http://127.0.0.1:{port}{path}"
        with self.engine.network(), urllib.request.urlopen(url, data=sent, timeout=10) as page:
            return str(page.read().decode())

    def number(self, port: int, path: str = "/") -> int:
        """The first number on a page."""
        found = re.search(r"\d+", self.page(port, path))
        assert found
        return int(found[0])

    def container(self, service: str, replica: int = 1) -> str:
        return f"{self.stack}-{service}-{replica}"

    def address(self, service: str, network: str, replica: int = 1) -> str:
        """The address of a container on one of the stack's networks."""
        seen = self.client.api.inspect_container(self.container(service, replica))
        return str(seen["NetworkSettings"]["Networks"][f"{self.stack}_{network}"]["IPAddress"])

    def gateway(self, network: str) -> str:
        """The host's address on one of the stack's networks."""
        seen = self.client.api.inspect_network(f"{self.stack}_{network}")
        return str(seen["IPAM"]["Config"][0]["Gateway"])

    def connects(self, service: str, address: str, port: int) -> bool:
        """Whether a service can open a TCP connection to an IP address; a second is long on one machine."""
        return self.engine.connects(self.container(service), address, port, within=1.0)

    def resolves(self, service: str, name: str) -> tuple[str, ...]:
        """The addresses that the engine's name server gives a service for a name."""
        lookup = Lookup(self.engine.network_of(self.container(service)), name)
        return packets.resolved([lookup], within=3)[lookup].addresses

    def host_connects(self, address: str, port: int) -> bool:
        """Whether the host can open a TCP connection."""
        return namespaces.connects(Path(f"/proc/{self.engine.holder}/ns/net"), address, port)


@contextmanager
def tried(
    name: str, engine: LabEngine, client: docker.DockerClient, stack: str, **variables: str
) -> Iterator[Example]:
    """The example of that name, below `examples/`, in a folder that the engine sees too."""
    folder = engine.folder / stack
    shutil.copytree(EXAMPLES / name, folder)
    try:
        yield Example(folder=folder, engine=engine, client=client, stack=stack, variables=variables)
    finally:
        shutil.rmtree(folder)
