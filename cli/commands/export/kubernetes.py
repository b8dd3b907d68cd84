"""`topo export kubernetes`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.kubernetes import Kubernetes


class Language(enum.Enum):
    """How the objects are written. `text` is YAML, so that the flag means the same for every command."""

    YAML = "yaml"
    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class KubernetesOptions(StackOptions):
    """The flags of `topo export kubernetes`."""

    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Write a file for each service into DIR, with a kustomization.yaml for kubectl apply -k.",
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False
    with_secrets: Annotated[
        bool,
        typer.Option(
            "--with-secrets", help="Write the values of secrets too, for everybody who can read the result."
        ),
    ] = False
    format: Annotated[
        Language, typer.Option("--format", metavar="FORMAT", help="How to write it: yaml or json.")
    ] = Language.YAML


def kubernetes(options: KubernetesOptions, world: World) -> Kubernetes:
    """Write the stack as objects of Kubernetes, with policies that grant its links and nothing else.

    What links and claims ask for is opened, published ports are open to the world, and everything else is
    denied, but for asking the cluster's name server. A stack without any link gets what its networks allow.
    What Kubernetes cannot say is told on standard error, with its line. Needs no Docker and no cluster.
    """
    from cli.exporting import seen, tell, write
    from cli.report.kubernetes import Kubernetes
    from cli.wiring import loaded
    from topology.export.kubernetes import exported, wanted

    found = loaded(options, world)
    folder = str(found.folder)
    made = exported(
        found.stack,
        files=seen(wanted(found.stack, folder, with_secrets=options.with_secrets)),
        folder=folder,
        with_secrets=options.with_secrets,
    )
    report = Kubernetes(
        stack=found.stack.name,
        parts=made.parts,
        filling=made.filling,
        findings=tuple(found.source.place(each) for each in made.notes),
        folder=options.output,
    )
    if options.output is not None:
        write(report, options.output, options, world)
    tell(report, options, world)
    return report
