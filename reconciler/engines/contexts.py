"""What a builder reads: contexts and Dockerfiles, and a digest that tells when one says something else.

The SDK's own exclusion rules decide what belongs to a context.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Final

from docker.utils import build as sdk_build

from reconciler.errors import Rejected
from topology.models import Build
from topology.mounts import is_remote

_LATER: Final = {
    "additional_contexts", "cache_to", "entitlements", "privileged", "provenance", "sbom", "secrets", "ssh",
}  # fmt: skip
"""Fields that came after the first digests were made, which hold wherever these say nothing."""


def digest(build: Build) -> str:
    """See `DaemonReader.digest`. Of what the builder fetches only the address counts.

    Where a secret, a key or a cache comes from changes nothing in the image, and neither does what it holds:
    BuildKit itself does not build again for it. So no trace of a secret is in a digest.

    Raises:
        Rejected: a context cannot be read.
    """
    remote = is_remote(build.context)
    excluded = _LATER if remote else _LATER | {"context"}
    seen = hashlib.sha256(build.model_dump_json(exclude=excluded).encode())
    if not remote:
        file, text = named_dockerfile(build)
        if text is None and not os.path.isfile(Path(build.context, file)) and os.path.isdir(build.context):
            raise Rejected(f"there is no {Path(build.context, file)}")
        _take_in(Path(build.context), file, seen)
        seen.update((text or "").encode())
    for part in _later(build):
        seen.update(f"{part}\0".encode())
    for name, place in sorted(build.additional_contexts.items()):
        seen.update(f"{name}={place if is_remote(place) else ''}\0".encode())
        if not is_remote(place):
            _take_in(Path(place), None, seen)
    return seen.hexdigest()[:32]


def _later(build: Build) -> list[str]:
    """What was said of the later fields and may change the result."""
    said = [f"secret {secret.target}" for secret in build.secrets]
    said += [f"allow {right}" for right in build.entitlements]
    said += ["privileged"] if build.privileged else []
    said += [f"provenance {build.provenance}"] if build.provenance else []
    return [*said, f"sbom {build.sbom}"] if build.sbom else said


def _take_in(root: Path, file: str | None, seen: Any) -> None:
    """A folder's files, with their modes, into a digest."""
    try:
        if not os.path.isdir(root):
            why = "no folder" if os.path.exists(root) else "not there"
            raise Rejected(f"the build context {root} is {why}")
        for name in sorted(sdk_build.exclude_paths(str(root), ignored(root), file)):
            path = root / name
            seen.update(f"{name}\0{path.lstat().st_mode:o}\0".encode())
            if path.is_symlink():
                seen.update(str(path.readlink()).encode())
            elif path.is_file():
                seen.update(path.read_bytes())
    except OSError as error:
        raise Rejected(f"reading the build context {root}: {error.strerror}") from error


def dockerfile(build: Build) -> str | None:
    """Its text; None where the engine fetches it with the context.

    Raises:
        Rejected: it cannot be read, or stands in the stack file beside a context that the engine fetches.
    """
    if is_remote(build.context):
        if build.dockerfile_inline is not None:
            raise Rejected(f"a Dockerfile in the stack file needs a folder, not {build.context}")
        return None
    if build.dockerfile_inline is not None:
        return build.dockerfile_inline
    file = Path(build.context, build.dockerfile)
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Rejected(f"reading {file}: {error.strerror or error}") from error


def named_dockerfile(build: Build) -> tuple[str, str | None]:
    """Its name in the context, and its text where it is no file of the context."""
    if is_remote(build.context):
        return build.dockerfile, None
    path = os.path.relpath(os.path.join(build.context, build.dockerfile), build.context)
    if build.dockerfile_inline is None and not path.startswith(".."):
        return path, None
    text = dockerfile(build) or ""
    return f".topo-{hashlib.sha256(text.encode()).hexdigest()[:16]}.dockerfile", text


def ignored(root: Path) -> list[str]:
    """The patterns of its .dockerignore."""
    file = root / ".dockerignore"
    if not os.path.isfile(file):
        return []
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
