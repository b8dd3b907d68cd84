"""`topo network rebuild`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import EngineOptions, OutputOptions, StackOptions
from cli.world import World

if TYPE_CHECKING:
    from cli.report.network import Rebuilt, RebuiltLine
    from cli.wiring import Driven
    from topology.load import Loaded


@dataclass(frozen=True, kw_only=True)
class RebuildOptions(StackOptions, EngineOptions, OutputOptions):
    """The argument and flags of `topo network rebuild`."""

    service: Annotated[
        str | None,
        typer.Argument(metavar="[SERVICE]", help="The service to put back.", show_default=False),
    ] = None
    all: Annotated[bool, typer.Option("--all", help="All services; one that fails holds up no other.")] = (
        False
    )
    exit_count: Annotated[
        bool, typer.Option("--exit-count", help="Exit with the number of services that failed.")
    ] = False


def rebuild(options: RebuildOptions, world: World) -> Rebuilt:
    """Put the containers of a service back on the networks that the file says, and on no others.

    Networks that are gone are made anew; nothing else is changed. Exits with 1 if a service failed.
    """
    from cli.faults import CommandError
    from cli.locking import held
    from cli.report.network import Rebuilt
    from cli.wiring import driven, loaded
    from reconciler.state import Granularity
    from topology.nearest import asked

    if options.all == (options.service is not None):
        raise CommandError("name a service, or say --all", "such as: topo network rebuild --all")
    read = loaded(options, world)
    names = tuple(read.stack.services)
    if options.service is not None and options.service not in names:
        raise CommandError(
            f"there is no service {options.service} in {read.stack.name}", asked(options.service, names)
        )
    on = driven(options, world, read.stack.engine)
    if on.engine.traits.granularity is not Granularity.CONTAINER:
        message = "a service of a Swarm is told all that it is to be, and not its networks alone"
        raise CommandError(message, "use topo apply")
    with held(on.engine, read.stack.name, "network rebuild", world):
        lines = [_rebuilt(name, read, on) for name in (names if options.all else [str(options.service)])]
    return Rebuilt(stack=read.stack.name, services=tuple(lines), counts=options.exit_count)


def _rebuilt(name: str, read: Loaded, on: Driven) -> RebuiltLine:
    """One service; whatever goes wrong is told, and is nobody else's trouble."""
    from cli.planning import Choice, draft
    from cli.report.network import RebuiltLine
    from reconciler.errors import EngineError
    from reconciler.executor import Result, execute

    try:
        made = draft(read, on.engine, on.called, Choice(joining=frozenset({name})))
        ended = execute(made.plan, on.engine.run)
    except EngineError as error:
        return RebuiltLine(service=name, calls=0, errors=(str(error),))
    failed = tuple(done.error.partition("\n")[0] for done in ended.having(Result.FAILED))
    return RebuiltLine(service=name, calls=len(ended.having(Result.DONE)), errors=failed)
