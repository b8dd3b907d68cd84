"""`topo init`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.exits import Exit
from cli.faults import CommandError
from cli.options import OutputOptions
from cli.report.init import Init
from cli.world import World

SHOWN = "-"
"""Stands for standard output where a file is asked for."""


@dataclass(frozen=True, kw_only=True)
class InitOptions(OutputOptions):
    """The flags of `topo init`."""

    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help="Begin with this compose file, and say in it what check says."
        ),
    ] = None
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write it, - for standard output."),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False


def init(options: InitOptions, world: World) -> Init:
    """Begin a stack file.

    With comments that say what its parts mean; or, with --from, as a copy of a compose file with what
    `topo check` says of it beside the lines. Writes stack.yml unless told otherwise.
    """
    text, count = _copied(options.source, world) if options.source else (_new(world), 0)
    folder = (world.directory / options.source).parent if options.source else world.directory
    if options.output == SHOWN:
        return Init(file=None, text=text, findings=count)
    path = world.directory / options.output if options.output else folder / "stack.yml"
    if options.source and path.parent.resolve() != folder.resolve():
        raise CommandError(
            f"{path} is in another folder than {options.source}",
            "relative paths in it would mean other files: write it beside the first, or to - and mend them",
        )
    _write(path, text, force=options.force)
    return Init(file=_shown(path, world), text=text, findings=count)


def _new(world: World) -> str:
    from cli.render.begun import from_nothing
    from topology.load.discover import normalised

    return from_nothing(normalised(world.directory.name) or "shop")


def _copied(source: str, world: World) -> tuple[str, int]:
    """A file with its findings as comments, and how many they are."""
    from cli.commands.check import CheckOptions, proved
    from cli.render.begun import annotated
    from topology.source import read

    text = read(world.directory / source, source)
    found = proved(CheckOptions(files=[source]), world).findings
    return annotated(text, source, found, _services(text)), len(found)


def _services(text: str) -> tuple[str, ...]:
    from topology.source import Map, understand

    root, _ = understand(text, "")
    services = root.get("services") if isinstance(root, Map) else None
    return tuple(map(str, services)) if isinstance(services, Map) else ()


def _write(path: Path, text: str, *, force: bool) -> None:
    """Writes a file; one that is there stays unless `force`.

    Raises:
        CommandError: it is there, or it cannot be written.
    """
    try:
        with path.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise CommandError(
            f"{path} is there already",
            "use --force to overwrite it, or --output for another",
            code=Exit.REFUSED,
        ) from None
    except OSError as error:
        raise CommandError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _shown(path: Path, world: World) -> str:
    return str(path.relative_to(world.directory)) if path.is_relative_to(world.directory) else str(path)
