"""Who makes an image: BuildKit through `docker buildx`, or the classic builder, and what neither of them can.

Where the docker command has buildx, the engine's own BuildKit is asked; where it has not, with
DOCKER_BUILDKIT=0 as for Compose, or for what BuildKit cannot do, the classic builder does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from msgspec import Struct

from reconciler.engines.contexts import dockerfile
from reconciler.state import Builder
from topology.findings import Missing
from topology.models import Build
from topology.mounts import is_image

_NETWORKS: Final = frozenset({None, "default", "host", "none"})
_LIMITS: Final = (1, 42)
"""Engines before 23.0 pass over `ulimits` and `shm_size` in silence when BuildKit makes the image."""

_CONTEXTS: Final = (1, 42)
"""Their own BuildKit reads one context; only what a `# syntax=` line fetches reads more."""

_SYNTAX: Final = re.compile(r"\s*#\s*syntax\s*=", re.IGNORECASE)
_NO_BUILDX: Final = "the docker command here has no buildx"
_SWITCHED_OFF: Final = "DOCKER_BUILDKIT=0"
_MENDS: Final[Mapping[str, str]] = {
    _NO_BUILDX: "install Docker's buildx plugin: `docker buildx version` has to answer",
    _SWITCHED_OFF: "take DOCKER_BUILDKIT out of the environment",
}
_ONLY_BUILDKIT: Final = ("additional_contexts", "secrets", "ssh", "entitlements", "privileged")
_EXTRAS: Final = ("cache_to", "provenance", "sbom")
"""What changes nothing in the image that runs, so that it can be left out."""


def builder(build: Build, api: tuple[int, int], info: Callable[[], Mapping[str, Any]]) -> Builder:
    """Who makes an image here, on an engine that speaks that version of its API; `info` is its `GET /info`.

    Raises:
        Rejected: the Dockerfile matters, and cannot be read.
    """
    if why := lacking(build, api):
        return Builder(
            called=f"the classic builder ({why})",
            missing=tuple(_beyond_classic(build, why)),
            omitted=dict.fromkeys(_not_for_classic(build), "only BuildKit has it"),
        )
    return Builder(
        called=f"BuildKit (docker buildx {command().version})",
        buildkit=True,
        missing=tuple(_beyond_old(build, api)),
        omitted=dict.fromkeys(_not_kept(build, info), "the store of images that this engine uses keeps none"),
    )


def lacking(build: Build, api: tuple[int, int]) -> str:
    """Why the classic builder makes an image; "" where BuildKit does."""
    if os.environ.get("DOCKER_BUILDKIT") == "0":
        return _SWITCHED_OFF
    if _command() is None:
        return _NO_BUILDX
    if build.network not in _NETWORKS:
        return "BuildKit knows no networks of containers"
    if (build.ulimits or build.shm_size) and api < _LIMITS:
        return "BuildKit of this engine sets no limits"
    return "BuildKit makes no images for Windows" if build.isolation not in (None, "default") else ""


def _beyond_classic(build: Build, why: str) -> Iterator[Missing]:
    for field in _ONLY_BUILDKIT:
        if getattr(build, field):
            mend = _MENDS.get(why, f"take {field} out, or what BuildKit cannot do")
            yield Missing(path=(field,), message=f"a build with {field} needs BuildKit, but {why}", mend=mend)


def _not_for_classic(build: Build) -> Iterator[str]:
    yield from (field for field in _EXTRAS if getattr(build, field))
    if not all(map(is_image, build.cache_from)):
        yield "cache_from"


def _beyond_old(build: Build, api: tuple[int, int]) -> Iterator[Missing]:
    if build.additional_contexts and api < _CONTEXTS and not _SYNTAX.match(dockerfile(build) or ""):
        yield Missing(
            path=("additional_contexts",),
            message="BuildKit of this engine knows no additional contexts",
            mend="use an engine of 23.0 or newer, or begin the Dockerfile with "
            "`# syntax=docker/dockerfile:1`, which fetches a newer one",
        )


def _not_kept(build: Build, info: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """What the docker driver of buildx refuses, unless containerd keeps the images."""
    asked = [field for field in _EXTRAS if getattr(build, field)]
    if build.cache_to and all(place.split(",")[0] == "type=inline" for place in build.cache_to):
        asked.remove("cache_to")
    if asked and not _in_containerd(info()):
        yield from asked


def _in_containerd(info: Mapping[str, Any]) -> bool:
    status = info.get("DriverStatus") or ()
    return any(value.startswith("io.containerd.snapshotter") for _, value in status)


class Command(Struct, frozen=True):
    """A docker command that has buildx, of that version."""

    path: str
    version: str


def command() -> Command:
    """The docker command that has buildx, where nothing is lacking."""
    found = _command()
    assert found is not None  # noqa: S101  # else it would be lacking
    return found


def _command() -> Command | None:
    return _found(os.environ.get("PATH", ""), os.environ.get("DOCKER_CONFIG", ""))


@cache
def _found(_path: str, _config: str) -> Command | None:
    """Looked for once in each surroundings."""
    docker = shutil.which("docker")
    if docker is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603  # the user's own docker command
            [docker, "buildx", "version"], check=False, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = said.stdout.split()
    return Command(docker, words[1]) if said.returncode == 0 and len(words) > 1 else None
