"""`topo import`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit
from cli.options import EngineOptions, OutputOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.imported import Import
    from reconciler.importing import Imported


@dataclass(frozen=True, kw_only=True)
class ImportOptions(EngineOptions, OutputOptions):
    """The arguments and flags of `topo import`."""

    containers: Annotated[
        list[str],
        typer.Argument(
            metavar="[CONTAINER]...",
            help="These containers, by name or id, instead of all that run and are not topo's.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    live: Annotated[bool, typer.Option("--live", help="From containers, as they are now.")] = False
    name: Annotated[
        str | None,
        typer.Option(
            "-p", "--project-name", metavar="NAME", help="The stack's name, instead of the folder's."
        ),
    ] = None
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the stack file to FILE."),
    ] = None
    secrets: Annotated[
        str | None,
        typer.Option(
            "--secrets",
            metavar="FILE",
            help="Where the values of secrets go; with -o that is .env beside the stack file.",
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Overwrite a stack file that is there.")] = False


def import_(options: ImportOptions, world: World) -> Import:
    """Write a stack file from containers that run.

    What images and the engine give by themselves is left out; links are read from --link, or guessed from
    variables that name a peer; networks and volumes that are there stay whose they are. Variables whose
    values are secrets stand in the file by name alone. Only reads.
    """
    from cli.faults import CommandError
    from cli.render.config import dumped
    from cli.render.imported import head
    from cli.report.imported import Import
    from cli.wiring import watched
    from topology.load.discover import normalised

    if not options.live:
        raise CommandError(
            "topo import reads what runs: say --live", "a compose file is read by: topo init --from FILE"
        )
    seen = watched(options, world)
    found = seen.reader.imported(options.containers)
    if not found.services:
        raise CommandError("nothing runs that is not topo's already", "name a container that is stopped")
    name = normalised(options.name or world.directory.name) or "shop"
    origin = f"What ran on {seen.called} on {world.now():%Y-%m-%d}, as topo import --live saw it."
    text = head(origin, list(_notes(found))) + dumped(_stack(name, found))
    file, beside = None, options.secrets
    if options.output is not None:
        path = world.directory / options.output
        beside = beside or str(path.parent / ".env")
        _refuse_existing(path, force=options.force)
        _write_secrets(found.secrets, world.directory / beside, world)
        _write(path, text)
        file = options.output
    elif beside is not None:
        _write_secrets(found.secrets, world.directory / beside, world)
    elif found.secrets and not options.quiet:
        names = ", ".join(found.secrets)
        print(f"values that are secrets are not shown: {names}; --secrets FILE keeps them", file=world.stderr)
    return Import(
        file=file,
        text=text,
        services=tuple(found.services),
        secrets=tuple(found.secrets),
        secrets_file=_shown(world.directory / beside, world) if beside and found.secrets else None,
    )


def _stack(name: str, found: Imported) -> dict[str, object]:
    policy = {"default": "warn", "claims": list(found.claims)} if found.claims else {"default": "warn"}
    parts = {"services": found.services, "networks": found.networks, "volumes": found.volumes}
    return {"name": name, **{key: part for key, part in parts.items() if part}, "policy": policy}


def _notes(found: Imported) -> Iterator[str]:
    for guess in found.guesses:
        yield f"Guessed: {guess.client} links to {guess.server}, because its {guess.variable} names it."
    for name, said in found.services.items():
        if said.get("network_mode") == "bridge" and said.get("links"):
            yield (
                f"The names that {name} has by --link stay in its /etc/hosts until it is made anew: once it "
                f"is adopted and has networks of its own, topo apply --replace {name}."
            )
    for data in found.data:
        if data.key:
            yield f"{data.service} keeps data at {data.target} in a volume that had no name: here {data.key}."
        else:
            yield (
                f"A replica of {data.service} keeps data at {data.target} in an anonymous volume of its own, "
                f"{data.volume}, which cannot be named here for one of them alone: adopt the containers."
            )


def _refuse_existing(path: Path, *, force: bool) -> None:
    """Whatever is there stays, unless `force`.

    Raises:
        CommandError: it is there.
    """
    from cli.faults import CommandError

    if path.exists() and not force:
        raise CommandError(f"{path} is there already", "use --force to overwrite it", code=Exit.REFUSED)


def _write(path: Path, text: str) -> None:
    """Writes the stack file.

    Raises:
        CommandError: it cannot be written.
    """
    from cli.faults import CommandError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _write_secrets(secrets: Mapping[str, str], path: Path, world: World) -> None:
    """Writes a new file that nobody else can read. One that is there is never overwritten.

    Raises:
        CommandError: it is there, or it cannot be written.
    """
    from cli.faults import CommandError

    if not secrets:
        return
    lines = "".join(f"{name}={_quoted(value)}\n" for name, value in secrets.items())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(lines)
    except FileExistsError:
        raise CommandError(
            f"{_shown(path, world)} is there already, and is not overwritten with the values of secrets",
            "name another file with --secrets",
            code=Exit.REFUSED,
        ) from None
    except OSError as error:
        raise CommandError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _quoted(value: str) -> str:
    """As an environment file reads it back; only double quotes can hold a single one."""
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def _shown(path: Path, world: World) -> str:
    return str(path.relative_to(world.directory)) if path.is_relative_to(world.directory) else str(path)
