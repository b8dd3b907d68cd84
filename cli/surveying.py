"""A stack as it is now: what `status` shows, and what other commands pick from it."""

from __future__ import annotations

from cli.faults import CommandError
from cli.planning import Draft, draft
from cli.report.status import Status
from cli.report.surveyed import surveyed
from cli.wiring import Watched
from cli.world import World
from reconciler.state import Granularity
from reconciler.survey import Survey
from topology.load import Loaded
from topology.nearest import asked
from topology.structs import replace


def looked(read: Loaded, seen: Watched, world: World) -> tuple[Draft, Status]:
    """What would have to change, and what is there.

    Raises:
        EngineError: the engine could not be asked.
    """
    made = draft(read, seen.reader, seen.called)
    history = seen.reader.history(made.desired.stack, made.desired.owner) if made.observed.history else ()
    traits = seen.reader.traits
    is_single = traits.granularity is Granularity.CONTAINER
    survey = seen.reader.survey(made.desired) if is_single else Survey(traits=traits)
    lacking = seen.reader.lacking(made.desired, made.observed)
    return made, surveyed(made, history, survey, world.now(), lacking)


def about(name: str, found: Status) -> Status:
    """What concerns one service, or one of its containers: SERVICE or SERVICE[2].

    Raises:
        CommandError: there is none of that name.
    """

    def means(address: str) -> bool:
        return address == f"service.{name}" or address.startswith(f"service.{name}[")

    units = tuple(unit for unit in found.units if means(unit.address))
    if not units:
        known = {unit.service for unit in found.units}
        raise CommandError(f"there is no service {name} in {found.stack}", asked(name, known))
    return replace(
        found,
        units=units,
        drift=tuple(line for line in found.drift if means(line.address)),
        missing=tuple(address for address in found.missing if means(address)),
        pending=tuple(change for change in found.pending if means(change.address)),
        obstacles=tuple(one for one in found.obstacles if means(one.address)),
    )
