"""A build as the classic builder is asked for it, which needs nothing but the engine.

The SDK's `build` knows neither limits nor more than one name, so the request is made here. A Dockerfile
that stands in the stack file, or outside the context, travels in the context under a name of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from docker import auth, errors
from docker.utils import build as sdk_build
from docker.utils import config, proxy

from reconciler.engines.contexts import dockerfile, ignored, named_dockerfile
from reconciler.errors import Denied, Rejected
from topology.models import Build
from topology.mounts import is_image, is_remote


def parameters(reference: str, build: Build, labels: Mapping[str, str], url: str) -> dict[str, Any]:
    """What is asked of the engine at `url`; the reference comes last, so that it stands for the whole."""
    limits = [{"Name": name, "Soft": limit.soft, "Hard": limit.hard} for name, limit in build.ulimits.items()]
    return {
        "t": [*build.tags, reference],
        "remote": build.context if is_remote(build.context) else None,
        "dockerfile": named_dockerfile(build)[0],
        "target": build.target,
        "buildargs": json.dumps({**_proxies(url), **build.args}),
        "labels": json.dumps({**build.labels, **labels}),
        "cachefrom": json.dumps([cache for cache in build.cache_from if is_image(cache)]),
        "networkmode": build.network,
        "extrahosts": list(build.extra_hosts),
        "shmsize": build.shm_size,
        "ulimits": json.dumps(limits) if limits else None,
        "isolation": build.isolation,
        "nocache": "1" if build.no_cache else None,
        "pull": "1" if build.pull else None,
        "platform": build.platforms[0] if len(build.platforms) == 1 else None,
        "rm": "1",
    }


def headers() -> dict[str, str]:
    """Of what is sent; with the credentials of all registries, as the command line gives them."""
    known = auth.load_config().get_all_credentials()  # type: ignore[no-untyped-call]  # of the SDK
    credentials = {"X-Registry-Config": auth.encode_header(known).decode()} if known else {}
    return {"Content-Type": "application/tar", **credentials}


def credentials(reference: str) -> dict[str, str]:
    """The header that tells an image's registry who asks; none where the docker configuration knows nothing.

    Raises:
        Denied: the program that keeps the credentials does not give them.
    """
    registry, _ = auth.resolve_repository_name(reference)
    try:
        known = auth.load_config().resolve_authconfig(registry)
    except errors.DockerException as error:
        raise Denied(f"asking for the credentials of {registry}: {error}") from error
    return {"X-Registry-Auth": auth.encode_header(known).decode()} if known else {}


@contextmanager
def context(build: Build) -> Iterator[IO[bytes] | None]:
    """The context as a tar while the block runs; None where the engine fetches it.

    Raises:
        Rejected: it cannot be read, or the Dockerfile has no context to travel in.
    """
    if is_remote(build.context):
        dockerfile(build)
        yield None
        return
    root = Path(build.context)
    try:
        file = named_dockerfile(build)
        made = cast("IO[bytes]", sdk_build.tar(root, exclude=ignored(root), dockerfile=file))
    except OSError as error:
        raise Rejected(f"reading the build context {root}: {error.strerror or error}") from error
    with made:
        yield made


def _proxies(url: str) -> dict[str, str]:
    """What the docker configuration says about proxies, for the commands of a build."""
    said = config.load_general_config().get("proxies", {})
    found = proxy.ProxyConfig.from_dict(said.get(url, said.get("default", {}))).get_environment()
    return {name: str(value) for name, value in found.items()}
