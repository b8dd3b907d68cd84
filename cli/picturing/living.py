"""One stack as it runs → a picture of that, with what is another than the file says marked as a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cli.commands.check import checked
from cli.commands.graph import drawn
from cli.picturing.between import Changed, both, changes_between, flows_between
from cli.picturing.picturing import of_topology
from cli.planning import draft
from cli.render.fields import drifted, field_name
from cli.render.status import state_of
from cli.report.graph import Graph
from cli.report.picture import Change, Mood, Picture, State
from cli.report.reaching import reachability
from cli.report.status import Status, UnitLine
from cli.report.surveyed import surveyed
from cli.wiring import Watched
from cli.world import World
from reconciler.live import running
from topology.graph import Running, topology_of
from topology.load import Loaded
from topology.structs import replace

SAYS = {
    Change.ADDED: "it is there, and not in the file",
    Change.REMOVED: "it is in the file, and not there",
}


def lived(found: Loaded, seen: Watched, world: World, *, asking: bool = False) -> Picture:
    """What runs, and what the file has beside it; reach, excess and answers are those of what runs.

    Raises:
        EngineError: the engine could not be asked.
    """
    made = draft(found, seen.reader, seen.called)
    survey = seen.reader.survey(made.desired)
    status = surveyed(made, (), survey, world.now())
    there = running(topology_of(found.stack), made.desired, survey)
    check = checked(found, world, there)
    said, after = _graphs(found, there)
    picture = of_topology(found.stack, there.whole, after, check, asking=asking)
    intended = of_topology(found.stack, there.said, said, check)
    changes = tuple(_told(said, after))
    return replace(
        picture,
        graph=both(said, after),
        flows=tuple(flows_between(intended.flows, picture.flows)),
        taints={**intended.taints, **picture.taints},
        addresses={**intended.addresses, **_addresses(status)},
        changes={thing: change for thing, change, _ in changes},
        details={thing: detail for thing, _, detail in changes},
        reachability=reachability(there.said, there.whole),
        states=dict(_states(status)),
        status=status,
    )


def _graphs(found: Loaded, there: Running) -> tuple[Graph, Graph]:
    """What the file says, and what runs; how many of each there should be is told by its state."""
    name, networks = found.stack.name, tuple(found.stack.networks)
    said = drawn(name, there.said, first=networks)
    live = drawn(name, there.whole, first=tuple(one for one in networks if one in there.whole.segments))
    subnets = {one.name: one.subnet for one in live.networks}
    wanted = {one.name: one.replicas for one in said.services}
    return (
        replace(
            said,
            networks=tuple(replace(one, subnet=one.subnet or subnets.get(one.name)) for one in said.networks),
        ),
        replace(
            live,
            services=tuple(
                replace(one, replicas=wanted.get(one.name, one.replicas)) for one in live.services
            ),
        ),
    )


def _told(said: Graph, live: Graph) -> Iterator[Changed]:
    for thing, change, detail in changes_between(said, live):
        yield thing, change, SAYS.get(change, detail)


def _addresses(status: Status) -> dict[tuple[str, str], tuple[str, ...]]:
    """By service and network, those of all its containers."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for unit in status.units:
        for network, held in unit.addresses.items():
            found[unit.service, network] = (*found.get((unit.service, network), ()), *held)
    return found


def _states(status: Status) -> Iterator[tuple[str, State]]:
    """How each service is: a word for people, and each container by itself."""
    units: dict[str, list[UnitLine]] = {}
    for unit in status.units:
        units.setdefault(unit.service, []).append(unit)
    drift = _drift(status)
    for name, some in units.items():
        well = sum(unit.is_well for unit in some)
        lines = tuple(f"{unit.container}: {state_of(unit)}" for unit in some)
        yield (
            name,
            State(
                mood=_mood(some, well),
                text=_word(some, well),
                well=well,
                wanted=len(some),
                drift=len(drift.get(name, ())),
                lines=(*lines, *drift.get(name, ())),
            ),
        )


def _mood(some: list[UnitLine], well: int) -> Mood:
    if well < len(some):
        return Mood.ILL
    is_odd = any(unit.health == "starting" or not unit.wanted for unit in some)
    return Mood.ODD if is_odd else Mood.WELL


def _word(some: list[UnitLine], well: int) -> str:
    """What they have in common, or how many are well."""
    words = {_short(unit) for unit in some}
    return words.pop() if len(words) == 1 else f"{well} of {len(some)} well"


def _short(unit: UnitLine) -> str:
    if unit.status == "exited":
        return "done" if unit.is_well else f"exited {unit.exit_code}"
    return unit.health if unit.status == "running" and unit.health != "none" else unit.status


def _drift(status: Status) -> Mapping[str, tuple[str, ...]]:
    """By service, the fields that somebody else changed."""
    found: dict[str, tuple[str, ...]] = {}
    for line in status.drift:
        kind, _, name = line.address.partition(".")
        if kind == "service":
            service = name.partition("[")[0]
            text = f"drift: {name} {field_name(line.field, status.stack)} {drifted(line.field)}"
            found[service] = (*found.get(service, ()), text)
    return found
