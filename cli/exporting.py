"""What an export needs of this machine: the files that it carries, and a folder to write into."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cli.exits import Exit
from cli.faults import CommandError
from cli.render.frame import heading
from cli.render.kubernetes import files
from topology.export.kubernetes import LARGEST, MISSING, Seen
from topology.findings import Severity

if TYPE_CHECKING:
    from cli.commands.export.kubernetes import KubernetesOptions
    from cli.report.kubernetes import Kubernetes
    from cli.world import World

_MOST = 100
"""Files of a folder that is still a few files."""


def seen(paths: Iterable[str]) -> Mapping[str, Seen]:
    """What is at each path. Nothing is read that is too large to be carried."""
    return {path: _seen(Path(path)) for path in paths}


def _seen(path: Path) -> Seen:
    try:
        if path.is_dir():
            return _folder(path)
        why = _unfit(path)
        return Seen(why=why) if why else Seen(files={"": path.read_bytes()})
    except FileNotFoundError:
        return Seen(why=MISSING)
    except OSError as error:
        return Seen(why=(error.strerror or str(error)).lower())


def _unfit(path: Path) -> str:
    """Why a file cannot be carried; empty, it can."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        return "it is no plain file"
    return f"it is larger than {LARGEST // 1000} kB" if found.st_size > LARGEST else ""


def _folder(path: Path) -> Seen:
    with os.scandir(path) as listing:
        entries = sorted(listing, key=lambda one: one.name)
    if any(not one.is_file() for one in entries):
        return Seen(is_folder=True, why="there are folders in it")
    if len(entries) > _MOST or sum(one.stat().st_size for one in entries) > LARGEST:
        return Seen(is_folder=True, why="it is too large")
    held = {one.name: Path(one.path).read_bytes() for one in entries}
    if binary := next((name for name, content in held.items() if b"\0" in content), None):
        return Seen(is_folder=True, why=f"{binary} in it is no text")
    return Seen(is_folder=True, files=held)


def tell(report: Kubernetes, options: KubernetesOptions, world: World) -> None:
    """Says what is not as it was: what Kubernetes cannot say, and what is left to do."""
    ink = world.ink(world.stderr, plain=options.no_color)
    for found in sorted(report.findings, key=lambda one: one.order):
        if found.severity is Severity.WARNING or not options.quiet:
            print(heading(found, ink), file=world.stderr)
            if found.mend and not options.quiet:
                print(f"  {ink.faint('=')} {found.mend}", file=world.stderr)


def write(report: Kubernetes, shown: str, options: KubernetesOptions, world: World) -> None:
    """Writes the files of an export; those with secrets are for their owner alone.

    Raises:
        CommandError: some are there already and may not be overwritten, or they cannot be written.
    """
    folder = world.directory / shown
    made = dict(files(report))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(one.name for one in folder.iterdir())
        if there and not options.force:
            raise CommandError(
                f"{shown} is not empty: {there[0]} is there", "use --force to overwrite", code=Exit.REFUSED
            )
        for name, text in made.items():
            _write(folder / name, text, private=options.with_secrets and name == "secrets.yaml")
    except OSError as error:
        raise CommandError(f"cannot write into {shown}: {(error.strerror or str(error)).lower()}") from error
    left = [name for name in there if name not in made]
    if left and not options.quiet:
        print(f"left as they were in {shown}: {', '.join(left)}", file=world.stderr)


def _write(path: Path, text: str, *, private: bool) -> None:
    if private:
        path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
