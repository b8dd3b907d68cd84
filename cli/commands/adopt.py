"""`topo adopt`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DoingOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cli.report.outcome import Adoption
    from reconciler.address import Address
    from topology.models import Stack


@dataclass(frozen=True, kw_only=True)
class AdoptOptions(StackOptions, DoingOptions):
    """The arguments and flags of `topo adopt`."""

    containers: Annotated[
        list[str],
        typer.Argument(
            metavar="[SERVICE=CONTAINER]...",
            help="Containers by hand: web=old-nginx, or web[2]=old-nginx-2 for its second replica.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    compose: Annotated[
        str | None,
        typer.Option(
            "--compose", metavar="PROJECT", help="The Compose project to adopt, instead of the stack's name."
        ),
    ] = None


def adopt(options: AdoptOptions, world: World) -> Adoption:
    """Take over what Compose or somebody by hand has made, as it runs.

    Finds the containers, networks and volumes that the stack file describes, and notes in the engine that
    they are the stack's from now on; nothing about them changes. It shows what of each is not as the file
    says, which the next apply changes: in place where the engine can, else by a replacement. What belongs
    to another stack of topo is refused.
    """
    from cli.carrying import Errand, carry
    from cli.confirm import confirm
    from cli.planning import takeover
    from cli.report.outcome import adopted
    from cli.wiring import driven, loaded
    from reconciler.adoption import Wish

    read = loaded(options, world)
    on = driven(options, world, read.stack.engine)
    wish = Wish(
        project=options.compose or read.stack.name,
        containers=dict(_named(options.containers, read.stack)),
    )
    errand = Errand(
        doing="adopt",
        draft=lambda _before: takeover(read, on.engine, on.called, wish),
        ask=lambda question, _draft: confirm(question, world),
        find=read.source.find,
    )
    return adopted(carry(errand, on.engine, options, world)[1])


def _named(texts: Iterable[str], stack: Stack) -> Iterable[tuple[Address, str]]:
    """Which replica each text gives which container.

    Raises:
        CommandError: a text says something else.
    """
    from cli.faults import CommandError
    from reconciler.address import Address
    from topology.nearest import asked

    for text in texts:
        replica, _, container = text.partition("=")
        at = Address.parse(f"service.{replica}" if replica.endswith("]") else f"service.{replica}[1]")
        if at is None or not container:
            raise CommandError(f"{text} is not SERVICE=CONTAINER", "such as: topo adopt web=old-nginx")
        service = stack.services.get(at.name)
        if service is None:
            raise CommandError(
                f"there is no service {at.name} in {stack.name}", asked(at.name, stack.services)
            )
        if at.replica > service.replicas:
            raise CommandError(f"{at.name} has {service.replicas} replicas, and no {at.replica}")
        yield at, container
