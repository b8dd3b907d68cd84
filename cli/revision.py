"""Where a stack to compare comes from: a file, or a file as a git revision has it."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from cli.faults import CommandError
from cli.options import StackOptions
from cli.world import World
from topology.findings import Finding, StackError
from topology.structs import replace

if TYPE_CHECKING:
    from topology.load import Loaded

_REVISION = re.compile(r"(?P<revision>[^:]+):(?P<path>.+)")
_PIPED = "<stdin>"
_SECONDS = 30.0


class Source(Struct, frozen=True, kw_only=True):
    """A stack by the name that the command line gave it."""

    name: str
    loaded: Loaded


def source(name: str, options: StackOptions, world: World) -> Source:
    """The stack that `name` means: a file that is there, else REVISION:PATH.

    Raises:
        CommandError: there is neither such a file nor such a revision.
        StackError: it cannot be read.
    """
    match = _REVISION.fullmatch(name)
    if match is None or (world.directory / name).is_file():
        return Source(name=name, loaded=_file(name, options, world))
    text = _shown(match["revision"], match["path"], world)
    folder = (world.directory / match["path"]).parent
    return Source(name=name, loaded=_text(name, text, folder, options, world))


def here(options: StackOptions, world: World) -> Source:
    """The stack file that every other command would take."""
    from cli.wiring import read

    found = read(options, world)
    return Source(name=found.source.file, loaded=found)


def _file(name: str, options: StackOptions, world: World) -> Loaded:
    from cli.wiring import read

    return read(dataclasses.replace(options, files=[name]), world)


def _text(name: str, text: str, folder: Path, options: StackOptions, world: World) -> Loaded:
    from topology.load import load

    try:
        return load(
            ["-"],
            environ=world.environ,
            directory=folder,
            name=options.project_name,
            env_files=options.env_files,
            stdin=text,
        )
    except StackError as error:
        raise StackError(tuple(_named(found, name) for found in error.findings)) from error


def _named(finding: Finding, name: str) -> Finding:
    """The finding in the file that was asked for, not in what was piped."""
    if finding.span is None or finding.span.file != _PIPED:
        return finding
    return replace(finding, span=replace(finding.span, file=name))


def _shown(revision: str, path: str, world: World) -> str:
    """What `git show` says; a path is meant from the folder that topo runs in, as people type it."""
    if revision.startswith("-"):
        raise CommandError(f"{revision} is no revision")
    prefixed = path if path.startswith("/") else f"./{PurePosixPath(path)}"
    try:
        shown = subprocess.run(  # noqa: S603  # a revision cannot be an option: checked above
            ["git", "show", "--end-of-options", f"{revision}:{prefixed}"],  # noqa: S607  # the user's own git
            cwd=world.directory,
            env=dict(world.environ),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"cannot ask git for {revision}:{path}", str(error)) from error
    if shown.returncode:
        why = shown.stderr.decode(errors="replace").strip().splitlines()
        hint = why[-1].removeprefix("fatal: ") if why else ""
        raise CommandError(f"there is no file {revision}:{path}, and git has no such revision of one", hint)
    return shown.stdout.decode("utf-8-sig", errors="replace")
