"""Images into an engine: what is there stays, what can be pulled is pulled, the rest is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException, ImageNotFound

from examples.lab.images import archive


@contextmanager
def engine(url: str) -> Iterator[docker.DockerClient]:
    """A connection to the engine at `url`, never to another one that the environment names."""
    client = docker.DockerClient(base_url=url)
    try:
        yield client
    finally:
        client.close()


def is_there(client: docker.DockerClient, name: str) -> bool:
    """Whether the engine has an image of that name, whoever made it."""
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def pulled(client: docker.DockerClient, name: str) -> bool:
    """Tries to pull the image; False when its registry is out of reach or does not have it."""
    repository, _, tag = name.partition(":")
    try:
        client.images.pull(repository, tag=tag)
    except DockerException:
        return False
    return True


def load(client: docker.DockerClient, archives: Mapping[str, Path]) -> list[str]:
    """Loads what the engine does not have, or has from an earlier build of ours; returns the names loaded."""
    wanted = [name for name, path in archives.items() if _may_load(client, name, archive.image_id(path))]
    for name in wanted:
        with archives[name].open("rb") as content:
            client.images.load(content)
    return wanted


def _may_load(client: docker.DockerClient, name: str, image_id: str) -> bool:
    """An image under this name that is not ours is the user's, and stays."""
    try:
        present = client.images.get(name)
    except ImageNotFound:
        return True
    return present.labels.get(archive.VENDOR_LABEL) == archive.VENDOR and present.id != image_id
