"""How a service's image is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from topology import mounts
from topology.forms import Bytes, Flag, Hosts, Pairs, Switch, Whole, once, pairs
from topology.models.base import Model, absolute
from topology.units import Misfit

IMAGE_OF: Final = "service:"
"""What an additional context begins with that is the image of another service."""


class Ulimit(Model):
    """A limit of the kernel's for one process; -1 is no limit."""

    soft: Whole
    hard: Whole

    @classmethod
    def from_text(cls, text: str) -> Any:
        return {"soft": text, "hard": text}


class BuildSecret(Model):
    """A secret of the stack that the commands of a build may read under the id `target`."""

    also = frozenset(("uid", "gid", "mode"))

    source: str
    target: str

    @classmethod
    def from_text(cls, text: str) -> Any:
        return {"source": text}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        return {"target": said["source"], **said} if "source" in said else said


class Build(Model):
    """How an image is made. `context` is absolute after loading; `args` without a value are dropped.

    `additional_contexts` are folders, absolute after loading, or places that only BuildKit can read; one that
    is `service:NAME` stands for the image of that service. `ssh` gives each id a key or the socket of an
    agent, or "" for the agent of whoever builds.
    """

    context: str
    dockerfile: str = "Dockerfile"
    dockerfile_inline: str | None = None
    target: str | None = None
    args: Pairs = {}
    labels: Pairs = {}
    tags: Annotated[tuple[str, ...], BeforeValidator(once)] = ()
    cache_from: tuple[str, ...] = ()
    extra_hosts: Hosts = ()
    network: str | None = None
    isolation: str | None = None
    no_cache: Flag = False
    pull: Flag = False
    platforms: tuple[str, ...] = ()
    shm_size: Bytes | None = None
    ulimits: dict[str, Ulimit] = {}
    additional_contexts: Pairs = {}
    secrets: tuple[BuildSecret, ...] = ()
    ssh: Pairs = {}
    cache_to: tuple[str, ...] = ()
    entitlements: tuple[str, ...] = ()
    privileged: Flag = False
    provenance: Switch = None
    sbom: Switch = None

    @classmethod
    def from_text(cls, text: str) -> Any:
        return {"context": text}

    @classmethod
    def from_long(cls, said: dict[str, Any], folder: str) -> dict[str, Any]:
        if "dockerfile" in said and "dockerfile_inline" in said:
            raise Misfit(
                "must have one Dockerfile", seen="both", mend="take dockerfile or dockerfile_inline out"
            )
        made = {**said, "context": _rooted(said.get("context", "."), folder)}
        for field in ("additional_contexts", "ssh"):
            if field in said and isinstance(named := pairs(said[field]), Mapping):
                made[field] = {name: _rooted(place, folder) for name, place in named.items()}
        for field in ("cache_from", "cache_to"):
            if isinstance(said.get(field), list):
                made[field] = [_cache(place, folder) for place in said[field]]
        return made


def _rooted(place: Any, folder: str) -> Any:
    """A folder or a file as an absolute path; what is fetched, another service and nothing stay."""
    if not isinstance(place, str) or not place or mounts.is_remote(place) or place.startswith(IMAGE_OF):
        return place
    return absolute(place, folder)


def _cache(place: Any, folder: str) -> Any:
    """`type=local,src=./cache` with an absolute path."""
    if not isinstance(place, str) or "type=local" not in place.split(","):
        return place
    parts = (part.partition("=") for part in place.split(","))
    return ",".join(
        f"{name}={_rooted(value, folder)}" if name in ("src", "dest") else f"{name}{equals}{value}"
        for name, equals, value in parts
    )
