"""A build by BuildKit, through `docker buildx`: the builder that people have on their machines by now.

The SDK speaks to the classic builder alone. Where the docker command has buildx, that is asked to have the
engine's own BuildKit do it; where it has not, with DOCKER_BUILDKIT=0 as for Compose, or for what BuildKit
cannot do, the classic builder does. Both get one context, known by one digest: that of `context_digest`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from reconciler.engines.daemon import Tell
from reconciler.engines.reading import Endpoint
from reconciler.errors import Rejected
from topology.models import Build
from topology.mounts import is_image
from topology.secrets import MASK, looks_secret

_STEP: Final = re.compile(r"#\d+ \[(?:[^\]]* )?(\d+/\d+)\] (.+)")
_ERROR: Final = re.compile(r"ERROR: (?:failed to build: )?(?:failed to solve: )?(.+)")
_NETWORKS: Final = frozenset({None, "default", "host", "none"})
_LIMITS: Final = (1, 42)
"""Engines before 23.0 pass over `ulimits` and `shm_size` in silence when BuildKit makes the image."""

_OWN: Final = re.compile(r"(DOCKER|BUILDX|BUILDKIT|LD|XDG|GO)[A-Z_]*|PATH|HOME|TMPDIR|SSH_AUTH_SOCK")
"""Variables by which the docker command itself would take an argument of a build for something else."""


def builder(build: Build, api: tuple[int, int]) -> str:
    """Who makes an image here, in words, on an engine that speaks that version of its API."""
    if why := lacking(build, api):
        return f"the classic builder ({why})"
    return f"BuildKit (docker buildx {_buildx().version})"


def lacking(build: Build, api: tuple[int, int]) -> str:
    """Why the classic builder makes an image; "" where BuildKit does."""
    if os.environ.get("DOCKER_BUILDKIT") == "0":
        return "DOCKER_BUILDKIT=0"
    if _command() is None:
        return "the docker command here has no buildx"
    if build.network not in _NETWORKS:
        return "BuildKit knows no networks of containers"
    if (build.ulimits or build.shm_size) and api < _LIMITS:
        return "BuildKit of this engine sets no limits"
    return "BuildKit makes no images for Windows" if build.isolation else ""


@dataclass(frozen=True, slots=True)
class _Buildx:
    """A docker command that has it."""

    command: str
    version: str


def _buildx() -> _Buildx:
    found = _command()
    assert found is not None  # noqa: S101  # else it would be lacking
    return found


def _command() -> _Buildx | None:
    return _found(os.environ.get("PATH", ""), os.environ.get("DOCKER_CONFIG", ""))


@cache
def _found(_path: str, _config: str) -> _Buildx | None:
    """Looked for once in each surroundings."""
    command = shutil.which("docker")
    if command is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603  # the user's own docker command
            [command, "buildx", "version"], check=False, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = said.stdout.split()
    return _Buildx(command, words[1]) if said.returncode == 0 and len(words) > 1 else None


def build(
    reference: str, wanted: Build, labels: Mapping[str, str], *, text: str | None, on: Endpoint, tell: Tell
) -> None:
    """Has an image built; `text` is its Dockerfile, None where the engine fetches that with the context.

    Raises:
        Rejected: it cannot be built; with the builder's words.
    """
    with tempfile.TemporaryDirectory(prefix="topo-build-") as folder:
        if text is not None:
            Path(folder, "Dockerfile").write_text(text, encoding="utf-8")
        file = wanted.dockerfile if text is None else str(Path(folder, "Dockerfile"))
        arguments = [
            *(_buildx().command, "buildx", "build", "--builder", "default", "--progress", "plain", "--load"),
            *("--file", file),
            *_options(reference, wanted, labels),
            wanted.context,
        ]
        _run(arguments, _environment(wanted, on), f"building {reference}", wanted, tell)


def _options(reference: str, build: Build, labels: Mapping[str, str]) -> Iterator[str]:
    for tag in (*build.tags, reference):
        yield from ("--tag", tag)
    for name, value in {**build.labels, **labels}.items():
        yield from ("--label", f"{name}={value}")
    for name, value in build.args.items():
        yield from ("--build-arg", f"{name}={value}" if _OWN.fullmatch(name) else name)
    for host in build.extra_hosts:
        yield from ("--add-host", host)
    for place in filter(is_image, build.cache_from):
        yield from ("--cache-from", place)
    for name, limit in build.ulimits.items():
        yield from ("--ulimit", f"{name}={limit.soft}:{limit.hard}")
    for flag, given in (
        ("--target", build.target),
        ("--network", build.network),
        ("--shm-size", build.shm_size),
        ("--platform", build.platforms[0] if len(build.platforms) == 1 else None),
    ):
        yield from (flag, str(given)) if given else ()
    yield from ["--no-cache"] if build.no_cache else []
    yield from ["--pull"] if build.pull else []


def _environment(build: Build, on: Endpoint) -> dict[str, str]:
    """The engine that is meant, and the arguments, which no list of processes is to show."""
    found = {name: value for name, value in os.environ.items() if name != "DOCKER_CONTEXT"}
    found |= {name: value for name, value in build.args.items() if not _OWN.fullmatch(name)}
    found |= {"DOCKER_HOST": on.url, "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    if on.tls:
        found |= {"DOCKER_TLS_VERIFY": "1" if on.verify else "", "DOCKER_CERT_PATH": on.tls}
    return found


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], doing: str, build: Build, tell: Tell
) -> None:
    """In a session of its own: who interrupts topo waits for what is under way, as elsewhere."""
    secrets = [value for name, value in build.args.items() if value and looks_secret(name, value)]
    said = ""
    with subprocess.Popen(  # noqa: S603  # the user's own docker command, and no shell
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as running:
        assert running.stderr is not None  # noqa: S101  # it is a pipe
        for line in running.stderr:
            if step := _STEP.match(line):
                tell(_without(secrets, f"{step[1]} {step[2].strip()}"))
            if line.strip():
                said = line.strip()
    if running.returncode:
        error = _ERROR.fullmatch(said)
        raise Rejected(f"{doing}: {_without(secrets, error[1] if error else said)}")


def _without(secrets: Sequence[str], text: str) -> str:
    """BuildKit fills arguments in where it says what it does."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
