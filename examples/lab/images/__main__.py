"""The command line: which images, into which engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from examples.lab.images import build
from examples.lab.images.build import BuildError
from examples.lab.images.catalogue import IMAGES, Image
from examples.lab.images.debs import AptError


def main(arguments: Sequence[str]) -> int:
    """Builds and loads; 1 with a message when an image cannot be had."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    known = {image.name: image for image in IMAGES}
    if unknown := set(chosen.names) - set(known):
        parser.error(f"no image {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    images = [known[name] for name in chosen.names or known]
    try:
        if chosen.mirror:
            print(build.mirrored(chosen.cache, images))
        elif chosen.engine is None:
            _say(f"{name}: {path}" for name, path in build.archives(chosen.cache, images).items())
        else:
            _supply(chosen.engine, images, cache=chosen.cache, pull=chosen.pull)
    except (AptError, BuildError) as error:
        print(f"images: {error}", file=sys.stderr)
        return 1
    return 0


def _supply(url: str, images: Sequence[Image], *, cache: Path, pull: bool) -> None:
    from examples.lab.images import loading  # noqa: PLC0415 - building needs no SDK

    with loading.engine(url) as client:
        if pull:
            images = [
                image
                for image in images
                if not loading.is_there(client, image.name) and not loading.pulled(client, image.name)
            ]
        loaded = loading.load(client, build.archives(cache, images)) if images else []
        _say(f"loaded {name}" for name in loaded)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="images", description="Images of everyday services, from Debian packages."
    )
    parser.add_argument("names", nargs="*", metavar="IMAGE", help="which ones; all when not given")
    parser.add_argument("--engine", metavar="URL", help="load into this engine what it does not have")
    parser.add_argument("--mirror", action="store_true", help="fill and print the folder for ENGINE_MIRROR")
    parser.add_argument("--pull", action="store_true", help="try to pull each image before loading it")
    parser.add_argument(
        "--cache", type=Path, default=build.CACHE, help="where packages and archives are kept"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
