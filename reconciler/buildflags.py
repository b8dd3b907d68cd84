"""How a docker command is told of a build: all but what may be a secret, which each writer has a way for."""

from __future__ import annotations

import os.path
from collections.abc import Iterator

from topology.models import Build


def flags(build: Build) -> Iterator[tuple[str, str | None]]:
    """Flags with their values, None for a switch. Arguments, labels and secrets are not among them."""
    yield from (("--tag", tag) for tag in build.tags)
    yield from (("--add-host", host) for host in build.extra_hosts)
    yield from (("--cache-from", place) for place in build.cache_from)
    yield from (("--cache-to", place) for place in build.cache_to)
    for name, limit in build.ulimits.items():
        yield "--ulimit", f"{name}={limit.soft}:{limit.hard}"
    for name, place in build.additional_contexts.items():
        yield "--build-context", f"{name}={place}"
    for name, place in build.ssh.items():
        yield "--ssh", f"{name}={os.path.expanduser(place)}" if place else name
    for right in dict.fromkeys((*build.entitlements, *(("security.insecure",) if build.privileged else ()))):
        yield "--allow", right
    for flag, said in (
        ("--target", build.target),
        ("--network", build.network),
        ("--shm-size", build.shm_size),
        ("--platform", build.platforms[0] if len(build.platforms) == 1 else None),
        ("--provenance", build.provenance),
        ("--sbom", build.sbom),
    ):
        if said:
            yield flag, str(said)
    yield from [("--no-cache", None)] if build.no_cache else []
    yield from [("--pull", None)] if build.pull else []


def item(*fields: str) -> str:
    """A flag's value that is a line of comma-separated fields."""
    return ",".join('"' + one.replace('"', '""') + '"' if {",", '"'} & set(one) else one for one in fields)
