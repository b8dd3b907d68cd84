"""Names: what the engine's name server and /etc/hosts say, beside what the model says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.packets import NO_SUCH_NAME, SERVER_FAILURE, Lookup, Records, resolved
from tests.truth.expected import Aim, Model
from tests.truth.scene import Place
from tests.truth.worlds import PORTS, SERVICES, WORDS
from topology.reach import Naming, Source, by_name, resolves
from topology.reach.names import Resolution

PLAIN = tuple(dict.fromkeys((*SERVICES, *WORDS, "nobody")))


def compared(model: Model, heard: Mapping[str, Mapping[Aim, str | None]]) -> tuple[int, list[str]]:
    """How many names were looked up, and what came out otherwise than the model says."""
    clients = [place for place in model.scene.places.values() if set(place.addresses) - {"bridge"}]
    names = [*PLAIN, *_dotted(model)]
    lookups = {(place.name, name): Lookup(place.namespace, name) for place in clients for name in names}
    replies = resolved(list(lookups.values()), within=3.0)
    wrong: list[str] = []
    for place in clients:
        meant = {name: _meant(place, name, replies[lookups[place.name, name]]) for name in names}
        wrong += _lookups(model, place, meant)
        wrong += _by_name(model, place, meant, heard[place.name])
    return len(lookups), wrong


def _lookups(model: Model, place: Place, meant: Mapping[str, Records]) -> Iterator[str]:
    for name, records in meant.items():
        said = resolves(model.topology, place.service, name)
        if not _agrees(model, place, said, records):
            yield f"{place.name} looks up {name}: {records}, the model says {said}"


def _dotted(model: Model) -> Iterator[str]:
    """Names of containers, and some with their network."""
    yield from model.scene.places
    for segment in model.topology.segments.values():
        yield from (f"{name}.{segment.engine_name}" for name in WORDS)


def _meant(place: Place, name: str, records: Records) -> Records:
    """What a program gets: /etc/hosts goes before the name server."""
    listed = place.hosts.get(name.lower())
    return Records(code=0, addresses=(listed,)) if listed else records


def _agrees(model: Model, place: Place, said: Resolution, meant: Records) -> bool:
    match said.source:
        case Source.UPSTREAM:
            return meant.code == NO_SUCH_NAME
        case Source.NOBODY:
            return meant.code == SERVER_FAILURE
        case Source.HOSTS:
            own = tuple(place.addresses.values()) if said.holders else (said.address,)
            return len(meant.addresses) == 1 and meant.addresses[0] in own
        case _:
            return set(meant.addresses) == _addresses(model, said)


def _addresses(model: Model, said: Resolution) -> set[str]:
    """All containers of those who hold a name, or the one that it is the name of."""
    places = model.scene.places
    held = [one for one in places.values() if one.service in said.holders]
    if said.name in places:
        held = [places[said.name]]
    return {one.addresses[str(said.network)] for one in held}


def _by_name(
    model: Model, place: Place, meant: Mapping[str, Records], heard: Mapping[Aim, str | None]
) -> Iterator[str]:
    """YES where a name leads to the target alone, AMBIGUOUS where it leads to others too."""
    for target in model.topology.members:
        places = model.place_names(target)
        if target == place.service or model.topology.holders[target].name != target:
            continue
        found = {_naming(model, places, meant[name].addresses, heard) for name in PLAIN}
        best = next(one for one in (Naming.YES, Naming.AMBIGUOUS, Naming.NO) if one in found)
        said = by_name(model.topology, place.service, target).answer
        if said is not best:
            yield f"{place.name} -> {target} by name: {best}, the model says {said}"


def _naming(
    model: Model, places: list[str], addresses: tuple[str, ...], heard: Mapping[Aim, str | None]
) -> Naming:
    reached = [each for each in addresses if heard.get((each, PORTS[0])) in places]
    if not reached:
        return Naming.NO
    return Naming.YES if len(reached) == len(addresses) else Naming.AMBIGUOUS
