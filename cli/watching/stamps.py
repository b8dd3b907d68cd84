"""Whether the files behind a stack have changed, from their times and sizes alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from cli.options import StackOptions
from cli.world import World
from topology.load import Loaded

Stamp = tuple[int, int, int] | None


class Stamps(Struct, frozen=True):
    """Files as they were at one moment: those that say the stack, and those that only go into containers."""

    saying: Mapping[Path, Stamp]
    held: Mapping[Path, Stamp]

    @classmethod
    def of(cls, saying: Iterable[Path], held: Iterable[Path]) -> Stamps:
        """The files as they are now."""
        return cls({file: _stamp(file) for file in saying}, {file: _stamp(file) for file in held})

    def again(self) -> Stamps:
        """The same files now."""
        return Stamps.of(self.saying, self.held)


def behind(read: Loaded, options: StackOptions, world: World) -> Stamps:
    """The files that a stack was made from, and those whose content goes into its containers."""
    stack = read.stack
    named = {name for name in (*read.source.files, *options.env_files) if not name.startswith("<")}
    held = {one.file for one in (*stack.secrets.values(), *stack.configs.values()) if one.file}
    mounted = {
        mount.source
        for service in stack.services.values()
        for mount in service.volumes
        if mount.type == "bind" and mount.source and Path(mount.source).is_file()
    }
    folders = {read.folder, world.directory}
    beside = {folder / ".env" for folder in folders}
    return Stamps.of(
        {*(world.directory / name for name in named), *beside},
        {world.directory / name for name in (*held, *mounted)},
    )


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
