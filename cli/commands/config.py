"""`topo config`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.faults import CommandError
from cli.options import StackOptions
from cli.report.config import Config
from cli.world import World

if TYPE_CHECKING:
    from topology.models import Stack


class Language(enum.Enum):
    """How the stack is written. `text` is YAML, so that the flag means the same for every command."""

    YAML = "yaml"
    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class ConfigOptions(StackOptions):
    """The flags of `topo config`."""

    services: Annotated[bool, typer.Option("--services", help="Only the names of the services.")] = False
    networks: Annotated[bool, typer.Option("--networks", help="Only the names of the networks.")] = False
    images: Annotated[bool, typer.Option("--images", help="Only the images.")] = False
    format: Annotated[
        Language, typer.Option("--format", metavar="FORMAT", help="How to write it: yaml or json.")
    ] = Language.YAML


def config(options: ConfigOptions, world: World) -> Config:
    """Print the stack as topo understands it.

    Files merged, variables filled in, short forms written out; it can be read back. Needs no Docker.
    """
    from cli.render.longform import long_written
    from cli.render.stackfile import written
    from cli.wiring import loaded

    stack = loaded(options, world).stack
    return Config(stack=written(stack), long=long_written(stack), names=_names(options, stack))


def _names(options: ConfigOptions, stack: Stack) -> tuple[str, ...] | None:
    images = (service.image for service in stack.services.values())
    lists = {
        "--services": (options.services, tuple(stack.services)),
        "--networks": (options.networks, tuple(stack.networks)),
        "--images": (options.images, tuple(sorted({image for image in images if image}))),
    }
    asked = [flag for flag, (is_asked, _) in lists.items() if is_asked]
    if len(asked) > 1:
        raise CommandError(f"{' and '.join(asked)} were given together", "ask for one list at a time")
    return lists[asked[0]][1] if asked else None
