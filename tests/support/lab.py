"""The lab: real engines of several releases, each in namespaces of its own, started by `tests/run.sh`.

TOPO_TEST_LAB names a JSON file that says which engines there are: {"engines": [...]}, each as
`examples/lab/engine.sh describe` prints it. Without it, tests that need an engine are skipped, or fail where
engines are required: with CI or TOPO_REQUIRE_ENGINES set.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import docker
from docker.errors import NotFound
from msgspec import Struct

from examples.lab.images import build
from examples.lab.images.catalogue import IMAGES
from tests.support import namespaces

SCRIPT = Path(__file__).parents[2] / "examples" / "lab" / "engine.sh"
STACK_LABEL = "topo.stack"
BUILD_LABEL = "topo.build"


class LabEngine(Struct, frozen=True, kw_only=True):
    """A private engine. `folder` has the same path on both sides: sources of bind mounts must lie in it."""

    name: str
    version: str
    socket: Path
    holder: int
    folder: Path
    root: str

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @contextmanager
    def client(self) -> Iterator[docker.DockerClient]:
        """A connection to this engine and no other: the SDK's own default is the machine's engine."""
        client = docker.DockerClient(base_url=self.url)
        try:
            yield client
        finally:
            client.close()

    def network(self) -> AbstractContextManager[None]:
        """Puts the calling thread into the engine's network, where published ports are on localhost."""
        return namespaces.netns(Path(f"/proc/{self.holder}/ns/net"))

    def network_of(self, container: str) -> Path:
        """The network namespace of a running container, given by id or name."""
        with self.client() as client:
            pid = client.api.inspect_container(container)["State"]["Pid"]
        # The engine counts processes in its own table; the holder's view of /proc is of that table.
        return Path(f"/proc/{self.holder}/root/proc/{pid}/ns/net")

    def connects(self, container: str, address: str, port: int, *, within: float = 2.0) -> bool:
        """Whether the container can open a TCP connection to an IP address within so many seconds."""
        return namespaces.connects(self.network_of(container), address, port, within=within)

    def script(self, verb: str) -> None:
        """Runs a verb of engine.sh; `dkill9`, `dstop` and `dstart` only on an engine of the test's own."""
        _engine_script(verb, self.name)


def engines(environment: Mapping[str, str] = os.environ) -> tuple[LabEngine, ...]:
    """The engines of the lab, the oldest first; none where there is no lab."""
    described = environment.get("TOPO_TEST_LAB")
    if not described:
        return ()
    found = (parse(engine) for engine in json.loads(Path(described).read_text())["engines"])
    return tuple(sorted(found, key=lambda engine: [int(part) for part in engine.version.split(".")]))


def required(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a test that finds no engine has to fail."""
    return bool(environment.get("CI") or environment.get("TOPO_REQUIRE_ENGINES"))


@contextmanager
def another(like: LabEngine) -> Iterator[LabEngine]:
    """One more engine of the same release, which the caller may break; it has the image `busybox:latest`."""
    with _started(like) as engine:
        copy_image("busybox:latest", like, engine)
        yield engine


@contextmanager
def mirrored(like: LabEngine, *images: str) -> Iterator[LabEngine]:
    """One more engine of the same release that has no image; it can pull these under their official names."""
    chosen = [image for image in IMAGES if image.name in images]
    assert len(chosen) == len(images)
    folder = build.mirrored(build.CACHE, chosen)
    with _started(like, ENGINE_MIRROR=str(folder)) as engine:
        yield engine


@contextmanager
def _started(like: LabEngine, **environment: str) -> Iterator[LabEngine]:
    name = f"x{uuid.uuid4().hex[:8]}"
    try:
        _engine_script("start", name, {**os.environ, "ENGINE_OS": like.root, **environment})
        yield parse(json.loads(_engine_script("describe", name)))
    finally:
        _engine_script("stop", name)


def remove_stack(client: docker.DockerClient, stack: str) -> None:
    """Removes what carries the stack's label, and the images that were built under its name; nothing else."""
    chosen = {"label": f"{STACK_LABEL}={stack}"}
    for container in client.api.containers(all=True, filters=chosen):
        unless_gone(client.api.remove_container, container["Id"], force=True, v=True)
    for network in client.api.networks(filters=chosen):
        unless_gone(client.api.remove_network, network["Id"])
    for volume in client.api.volumes(filters=chosen)["Volumes"] or ():
        unless_gone(client.api.remove_volume, volume["Name"])
    for image in client.api.images(filters={"label": BUILD_LABEL}):
        if any(tag.startswith(f"{stack}-") for tag in image["RepoTags"] or ()):
            unless_gone(client.api.remove_image, image["Id"], force=True)


def unless_gone(remove: object, name: str, **options: bool) -> None:
    """Calls a removal of the SDK; what is gone already is fine."""
    assert callable(remove)
    try:
        remove(name, **options)
    except NotFound:
        return


@cache
def docker_command() -> Path:
    """The folder of a docker command that has buildx; `config` there is its DOCKER_CONFIG."""
    script = SCRIPT.with_name("docker.sh")
    done = subprocess.run([script], check=True, stdout=subprocess.PIPE, text=True, timeout=120)
    return Path(done.stdout.strip())


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Only one process at a time on this machine does what is named."""
    folder = Path(os.environ.get("TOPO_LAB") or gettempdir())
    with (folder / f"{what}.lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


def parse(described: Mapping[str, str | int]) -> LabEngine:
    """What `engine.sh describe` said of one."""
    return LabEngine(
        name=str(described["name"]),
        version=str(described["version"]),
        socket=Path(str(described["socket"])),
        holder=int(described["holder"]),
        folder=Path(str(described["folder"])),
        root=str(described["root"]),
    )


def copy_image(name: str, source: LabEngine, *targets: LabEngine) -> None:
    """Loads an image of one engine into others."""
    with source.client() as giver:
        archive = b"".join(giver.images.get(name).save(named=True))
    for target in targets:
        with target.client() as taker:
            taker.images.load(archive)


def _engine_script(verb: str, name: str, environment: Mapping[str, str] = os.environ) -> str:
    done = subprocess.run(
        [SCRIPT, verb, name], env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=120
    )
    return done.stdout
