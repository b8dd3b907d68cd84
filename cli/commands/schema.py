"""`topo schema`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated

import typer

from cli.options import CommonOptions
from cli.report.schema import Schema
from cli.world import World


class Language(enum.Enum):
    """A schema is JSON in every case."""

    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class SchemaOptions(CommonOptions):
    """The flags of `topo schema`."""

    format: Annotated[Language, typer.Option("--format", metavar="FORMAT", help="How to write it: json.")] = (
        Language.JSON
    )


def schema(options: SchemaOptions, world: World) -> Schema:
    """Print the JSON Schema of stack files, for editors.

    An editor with a YAML language server completes and explains fields in a file that begins with
    `# yaml-language-server: $schema=topo.schema.json`.
    """
    from topology.schema import schema as made

    del options, world
    return Schema(schema=made())
