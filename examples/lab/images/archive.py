"""Archives as `docker save` writes them: layers, and a description whose digest is the image's id."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Sequence
from pathlib import Path

from examples.lab.images.catalogue import Image
from examples.lab.images.layers import Built

VENDOR = "topo lab"
VENDOR_LABEL = "org.opencontainers.image.vendor"
VERSION_LABEL = "org.opencontainers.image.version"

# A fixed moment, so that the same content has the same id.
MOMENT = "1970-01-01T00:00:00Z"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def describe(image: Image, version: str, layers: Sequence[Built]) -> bytes:
    """The image's description; `version` is the package's, to tell the stand-in from the real one."""
    config = {
        **image.config,
        "Env": [f"PATH={image.path}", "LANG=C.UTF-8", *image.environment],
        "Labels": {VENDOR_LABEL: VENDOR, VERSION_LABEL: version},
    }
    description = {
        "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "created": MOMENT,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in layers]},
        "history": [{"created": MOMENT, "created_by": VENDOR} for _ in layers],
    }
    return json.dumps(description, sort_keys=True).encode()


def write(folder: Path, image: Image, description: bytes, layers: Sequence[Built]) -> Path:
    """The image's archive, written unless it is there; returns its path, beside which `.id` holds the id."""
    path = folder / image.file_name
    noted, image_id = path.with_suffix(".id"), f"sha256:{hashlib.sha256(description).hexdigest()}"
    if path.exists() and noted.exists() and noted.read_text() == image_id:
        return path
    noted.unlink(missing_ok=True)
    config = f"{image_id.removeprefix('sha256:')}.json"
    members = [f"{layer.digest}/layer.tar" for layer in layers]
    manifest = [{"Config": config, "RepoTags": [image.name], "Layers": members}]
    with tarfile.open(path, "w") as tar:
        _add(tar, config, description)
        for layer, member in zip(layers, members, strict=True):
            tar.add(layer.path, member)
        _add(tar, "manifest.json", json.dumps(manifest).encode())
    noted.write_text(image_id)
    return path


def image_id(path: Path) -> str:
    """The id that an engine gives to the image in the archive."""
    return path.with_suffix(".id").read_text()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))
