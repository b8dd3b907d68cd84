"""A registry of images beside a lab's engine, which nobody else talks to."""

from __future__ import annotations

import http.client
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from tests.support import lab
from tests.support.bench import free_port
from tests.support.lab import LabEngine
from tests.support.waiting import eventually

NAME, PASSWORD = "somebody", "hunter2"
ALLOWED = f"{NAME}:$2y$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n"
"""The two as a line of a htpasswd file."""


class Registry(Struct, frozen=True, kw_only=True):
    """Where it is, as the engine calls it: `127.0.0.1:PORT`."""

    engine: LabEngine
    at: str

    def push(self, name: str, image: str, auth: Mapping[str, str] | None = None) -> str:
        """Puts an image of the engine's there under a name; on the engine the name stays whose it was."""
        reference = f"{self.at}/{name}"
        with self.engine.client() as client:
            had = [one.id for one in client.images.list() if reference in one.tags]
            client.api.tag(image, reference)
            lines = client.api.push(reference, stream=True, decode=True, auth_config=auth)
            said = [line for line in lines if "error" in line or "aux" in line]
            assert not [line for line in said if "error" in line], said
            client.api.remove_image(reference)
            for before in had:
                client.api.tag(before, reference)
        (digest,) = [line["aux"]["Digest"] for line in said]
        return str(digest)


@contextmanager
def registry_on(nodes: Sequence[LabEngine], folder: Path) -> Iterator[Registry]:
    """One registry that several engines have, each at the same address of its own, with one folder behind."""
    port = free_port()
    with ExitStack() as served:
        first, *_ = [served.enter_context(registry(node, folder, port=port)) for node in nodes]
        yield first


@contextmanager
def registry(
    engine: LabEngine, folder: Path, *, private: str = "", port: int | None = None
) -> Iterator[Registry]:
    """Serves while the block runs; `private` is the line of those who may."""
    port = port or free_port()
    script = lab.SCRIPT.with_name("registry.sh")
    command: list[str | Path] = [script, engine.name, str(port), folder / "registry"]
    if private:
        (folder / "htpasswd").write_text(private)
        command.append(folder / "htpasswd")
    with (
        (folder / "registry.log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
    ):
        try:
            assert eventually(lambda: server.poll() is not None or _answers(engine, port), within=30), (
                folder / "registry.log"
            ).read_text()
            yield Registry(engine=engine, at=f"127.0.0.1:{port}")
        finally:
            server.kill()


def _answers(engine: LabEngine, port: int) -> bool:
    with engine.network():
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            asked.request("GET", "/v2/")
            return asked.getresponse().status in {200, 401}
        except OSError:
            return False
        finally:
            asked.close()
