"""A folder for a registry: the images of the archives, laid out the way docker-registry keeps images.

An engine whose mirror serves it pulls them under their official names, as if they came from Docker Hub.
Layers are not compressed: the way is short, so that would only take time.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypedDict

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


class Descriptor(TypedDict):
    """What a manifest says of a part."""

    mediaType: str
    digest: str
    size: int


def fill(folder: Path, archives: Mapping[str, Path]) -> None:
    """Puts in what is missing. A registry may serve it meanwhile: it has each image whole or not yet."""
    root = folder / "docker" / "registry" / "v2"
    for name, path in archives.items():
        repository, _, tag = official(name).partition(":")
        place = root / "repositories" / repository
        digest, parts = _store(root / "blobs", path)
        for part in parts:
            _link(place / "_layers", part)
        _link(place / "_manifests" / "revisions", digest)
        _link(place / "_manifests" / "tags" / tag / "index", digest)
        _write(place / "_manifests" / "tags" / tag / "current" / "link", digest.encode())


def official(name: str) -> str:
    """The name in full, as Docker Hub has it: `nginx` is short for `library/nginx`."""
    return name if "/" in name else f"library/{name}"


def _store(blobs: Path, archive: Path) -> tuple[str, list[str]]:
    """The digests of the image's manifest and of its parts, all of which are blobs then."""
    with tarfile.open(archive) as tar:
        described = json.loads(_read(tar, "manifest.json"))[0]
        description = _read(tar, described["Config"])
        config = _blob(CONFIG, described["Config"].removesuffix(".json"), len(description))
        layers = list(_layers(blobs, tar, described["Layers"]))
    _write(_at(blobs, config["digest"]), description)
    manifest = json.dumps(
        {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}, sort_keys=True
    ).encode()
    digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    _write(_at(blobs, digest), manifest)
    return digest, [part["digest"] for part in (config, *layers)]


def _layers(blobs: Path, tar: tarfile.TarFile, members: Iterable[str]) -> Iterator[Descriptor]:
    for member in members:
        layer = _blob(LAYER, member.partition("/")[0], tar.getmember(member).size)
        target, content = _at(blobs, layer["digest"]), tar.extractfile(member)
        if not target.exists() and content:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.with_suffix(".new").open("wb") as made:
                shutil.copyfileobj(content, made, 1 << 20)
            target.with_suffix(".new").replace(target)
        yield layer


def _blob(kind: str, digest: str, size: int) -> Descriptor:
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": size}


def _at(blobs: Path, digest: str) -> Path:
    algorithm, _, value = digest.partition(":")
    return blobs / algorithm / value[:2] / value / "data"


def _link(folder: Path, digest: str) -> None:
    algorithm, _, value = digest.partition(":")
    _write(folder / algorithm / value / "link", digest.encode())


def _write(path: Path, content: bytes) -> None:
    """At once: a registry may be reading."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".new").write_bytes(content)
    path.with_suffix(".new").replace(path)


def _read(tar: tarfile.TarFile, member: str) -> bytes:
    content = tar.extractfile(member)
    return content.read() if content else b""
