"""Which files make a stack, what the stack is called, and which variables it sees."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TextIO

from msgspec import Struct

from topology.codes import UNREADABLE, WRONG_VALUE
from topology.findings import StackError
from topology.load import dotenv
from topology.load.words import error, quoted
from topology.source import read, real
from topology.source.files import LIMIT, decode

NAMES = ("topo.yaml", "topo.yml", "stack.yaml", "stack.yml")
COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_STDIN = "<stdin>"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


class Origin(Struct, frozen=True, kw_only=True):
    """One stack file: its name in messages, its text, the folder it stands in, and where it really is."""

    shown: str
    text: str
    folder: FilePath
    path: FilePath


def origins(
    files: Sequence[str], *, environ: Mapping[str, str], directory: FilePath, stdin: TextIO | str | None
) -> tuple[Origin, ...]:
    """The stack files that were named, or the one that is found.

    Raises:
        StackError: none is found, or one cannot be read.
    """
    named = [*files] or _from_environment(environ) or _found(directory)
    return tuple(_origin(name, directory, stdin) for name in named)


def _origin(name: str, directory: FilePath, stdin: TextIO | str | None) -> Origin:
    if name == "-":
        folder = _absolute(directory)
        return Origin(shown=_STDIN, text=_piped(stdin), folder=folder, path=folder / _STDIN)
    return named_origin(name, directory / name)


def named_origin(shown: str, path: FilePath) -> Origin:
    """The file at `path`, which messages call `shown`.

    Raises:
        StackError: it cannot be read.
    """
    return Origin(shown=shown, text=read(path, shown), folder=_absolute(path.parent), path=real(path))


def _piped(stdin: TextIO | str | None) -> str:
    """Standard input as text: read only when it is asked for, and as UTF-8 whatever the locale is."""
    if stdin is None or isinstance(stdin, str):
        return stdin or ""
    raw = getattr(stdin, "buffer", None)
    return decode(raw.read(LIMIT + 1), _STDIN) if raw is not None else stdin.read()


def _absolute(folder: FilePath) -> FilePath:
    return FilePath(os.path.abspath(folder))


def _from_environment(environ: Mapping[str, str]) -> list[str]:
    listed = environ.get("TOPO_FILE") or environ.get("COMPOSE_FILE") or ""
    separator = environ.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    return [name for name in listed.split(separator) if name]


def _found(directory: FilePath) -> list[str]:
    """The first file with one of our names here or in the nearest folder above, and its override file."""
    for folder in (directory, *_absolute(directory).parents):
        for name in (*NAMES, *COMPOSE_NAMES):
            if os.path.isfile(folder / name):
                over = next((other for other in _overriding(name) if os.path.isfile(folder / other)), None)
                both = [name] if over is None else [name, over]
                return [os.path.relpath(folder / each, directory) for each in both]
    message = "there is no stack file here or in a folder above"
    mend = f"looked for {', '.join((*NAMES, *COMPOSE_NAMES))}; name one with -f"
    raise StackError((error(UNREADABLE, message, mend=mend),))


def _overriding(name: str) -> tuple[str, ...]:
    """The names under which a file that changes another one is found beside it."""
    stems = ("compose", "docker-compose") if name in COMPOSE_NAMES else (name.partition(".")[0],)
    return tuple(f"{stem}.override.{ending}" for stem in stems for ending in ("yml", "yaml"))


def variables(
    env_files: Sequence[str], *, environ: Mapping[str, str], directory: FilePath, folder: FilePath
) -> dict[str, str]:
    """What `$NAME` in a stack file stands for: the environment, then `env_files` or else `.env`.

    Raises:
        StackError: an environment file cannot be read or understood.
    """
    listed = [*env_files] or [name for name in environ.get("COMPOSE_ENV_FILES", "").split(",") if name]
    known: dict[str, str] = {}
    for name in listed:
        known.update(dotenv.parse(read(directory / name, name), name, environ.get))
    if not listed:
        for place in dict.fromkeys((folder, _absolute(directory))):
            known.update(_default(place, environ=environ, directory=directory))
    return {**known, **environ}


def _default(folder: FilePath, *, environ: Mapping[str, str], directory: FilePath) -> dict[str, str]:
    """What the `.env` of a folder says, unless that is switched off."""
    file = folder / ".env"
    disabled = environ.get("COMPOSE_DISABLE_ENV_FILE", "").lower() in ("1", "true", "yes")
    if disabled or not os.path.isfile(file):
        return {}
    shown = os.path.relpath(file, directory)
    return dotenv.parse(read(file, shown), shown, environ.get)


def active_profiles(named: Sequence[str], variables: Mapping[str, str]) -> frozenset[str]:
    """The profiles from the command line, or else from the environment."""
    listed = variables.get("TOPO_PROFILES") or variables.get("COMPOSE_PROFILES") or ""
    return frozenset(named) or frozenset(name.strip() for name in listed.split(",") if name.strip())


def chosen_name(name: str | None, variables: Mapping[str, str]) -> str | None:
    """The stack's name as the command line or the environment gives it.

    Raises:
        StackError: it cannot name a stack.
    """
    given = name or variables.get("TOPO_PROJECT") or variables.get("COMPOSE_PROJECT_NAME") or None
    if given is not None and not is_stack_name(given):
        mend = f"{quoted(normalised(given))} would do" if normalised(given) else ""
        raise StackError(
            (error(WRONG_VALUE, f"{quoted(given)} cannot name a stack", label=NAME_RULE, mend=mend),)
        )
    return given


NAME_RULE = "a name is lower-case letters, digits, - and _, beginning with a letter or digit"


def is_stack_name(name: str) -> bool:
    """Whether objects on an engine can be named after it."""
    return bool(_NAME.fullmatch(name))


def normalised(name: str) -> str:
    """A folder's name as a stack's, as Compose does it: lower case, without what a name cannot hold."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")
