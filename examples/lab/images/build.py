"""From the catalogue to archives: resolve packages, fetch them, build layers side by side, check, write."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from examples.lab.images import archive, debs, elf, layers, mirror
from examples.lab.images.catalogue import Image
from examples.lab.images.debs import Closure
from examples.lab.images.layers import Built, Layer

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("TOPO_LAB", "/var/tmp/topo-lab"), "images")  # noqa: S108 - the lab's own, see engine.sh
"""Where packages, archives and the mirror are kept unless told otherwise."""


class BuildError(Exception):
    """An image cannot be made as the catalogue says."""


def archives(cache: Path, images: Sequence[Image]) -> dict[str, Path]:
    """The archive of each image by its name, built where it is not there or not up to date."""
    with _alone(cache):
        return _archives(cache, images)


def mirrored(cache: Path, images: Sequence[Image]) -> Path:
    """The folder for ENGINE_MIRROR of `engine.sh`, with these images in it and what it had before."""
    folder = cache / "mirror"
    with _alone(cache):
        mirror.fill(folder, _archives(cache, images))
    return folder


def _archives(cache: Path, images: Sequence[Image]) -> dict[str, Path]:
    stale = [image for image in images if not _fresh(cache, image)]
    if stale:
        _build(cache, stale)
    return {image.name: cache / image.file_name for image in images}


def _build(cache: Path, images: Sequence[Image]) -> None:
    closures = _closures(cache, images)
    debs.fetch(cache, (file for closure in closures.values() for file in closure.values()))
    wanted = {image.name: _layers(image, closures) for image in images}
    code = _code()
    different = {layer.key(code): layer for stack in wanted.values() for layer in stack}
    with ProcessPoolExecutor() as pool:
        built = pool.map(partial(layers.build, cache, code=code), different.values())
        by_key = dict(zip(different, built, strict=True))
    for image in images:
        version = debs.version(closures[image.packages][image.packages[0]])
        _finish(cache, image, version, [by_key[layer.key(code)] for layer in wanted[image.name]])


def _closures(cache: Path, images: Sequence[Image]) -> dict[tuple[str, ...], Closure]:
    sets = sorted({packages for image in images for packages in (image.below, image.packages)})
    first = debs.closure(cache, sets[0])  # alone, for it fills apt's cache
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(sets, [first, *pool.map(partial(debs.closure, cache), sets[1:])], strict=True))


def _layers(image: Image, closures: Mapping[tuple[str, ...], Closure]) -> list[Layer]:
    below = closures[image.below]
    own = [file for name, file in closures[image.packages].items() if name not in below]
    stack = [
        Layer(files=tuple(below.values()), entries=layers.foundation(), lowest=True),
        Layer(files=tuple(own), entries={}),
        Layer(entries=image.files),
    ]
    return [layer for layer in stack if layer.files or layer.entries]


def _finish(cache: Path, image: Image, version: str, built: Sequence[Built]) -> None:
    if missing := elf.missing(layer.path for layer in built):
        wants = ", ".join(f"{library} (wanted by {file})" for library, file in missing.items())
        raise BuildError(f"{image.name} lacks libraries: {wants}")
    path = archive.write(cache, image, archive.describe(image, version, built), built)
    path.with_suffix(".state").write_text(_state())


def _fresh(cache: Path, image: Image) -> bool:
    path = cache / image.file_name
    noted = path.with_suffix(".state")
    return path.exists() and noted.exists() and noted.read_text() == _state()


def _state() -> str:
    """Changes when an image might: with the machine's package index or with this code."""
    return hashlib.sha256("\n".join([_code(), *debs.index_state()]).encode()).hexdigest()


def _code() -> str:
    files = sorted(file for file in HERE.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Two builds in one cache wait for each other."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
