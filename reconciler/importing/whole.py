"""Which containers are meant, and all of them as one stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from reconciler import address
from reconciler.errors import NotFound, Rejected
from reconciler.importing.fields import service_of
from reconciler.importing.found import COMPOSE, Data, Imported, Json, One
from reconciler.importing.hidden import Hidden
from reconciler.importing.links import guessed, links_of
from reconciler.importing.names import Names, slug
from reconciler.state import NO_IMAGE, ImageConfig
from topology.structs import replace

_RUNNING: Final = frozenset({"running", "paused"})


def imported(raws: Iterable[Json], images: Mapping[str, ImageConfig]) -> Imported:
    """All of them as one stack; `images` by id. Replicas of a Compose service become one service."""
    some = list(_named(raws, images))
    first = {one.service: one for one in reversed(some)}
    ordered = {one.service: first[one.service] for one in some}
    peers = {name: one.service for one in some for name in (one.service, one.name, str(one.raw["Id"]))}
    count = {name: sum(one.service == name for one in some) for name in ordered}
    names = Names()
    services, links, guesses = {}, {}, []
    data: list[Data] = []
    for name, one in ordered.items():
        links[name] = list(links_of(one, peers))
        found = [] if links[name] else list(guessed(one, peers, [*ordered.values()]))
        guesses += found
        links[name] += [guess.server for guess in found]
        held = [each for other in some if other.service == name for each in other.data]
        if count[name] == 1:
            held = [replace(each, key=names.data(each)) for each in held]
        services[name] = service_of(one, links[name], peers, names, count=count[name], held=held)
        data += held
    hidden = Hidden.of(ordered.values())
    return Imported(
        services={name: hidden.without_secrets(name, said) for name, said in services.items()},
        networks=names.networks(),
        volumes=names.volumes(),
        claims=tuple(
            f"{client} can reach {server}"
            for client, several in links.items()
            for server in dict.fromkeys(link.partition(":")[0] for link in several)
        ),
        secrets=hidden.values,
        guesses=tuple(guesses),
        data=tuple(data),
    )


def _named(raws: Iterable[Json], images: Mapping[str, ImageConfig]) -> Iterator[One]:
    """By the order of their creation, so that what is needed tends to come first."""
    for raw in sorted(raws, key=lambda raw: (str(raw["Created"]), str(raw["Name"]))):
        labels = raw["Config"].get("Labels") or {}
        said = labels.get(f"{COMPOSE}service") or str(raw["Name"]).removeprefix("/")
        yield One(service=slug(said), raw=raw, image=images.get(raw["Image"], NO_IMAGE))


def chosen(listed: Iterable[Json], names: Sequence[str]) -> tuple[str, ...]:
    """The ids of the containers that are meant: those named, else all that run and are not topo's.

    Raises:
        NotFound: there is none of a name.
        Rejected: it is topo's already.
    """
    if not names:
        return tuple(str(raw["Id"]) for raw in listed if raw["State"] in _RUNNING and not _stack_of(raw))
    known = {name.lstrip("/"): raw for raw in listed for name in (*(raw.get("Names") or ()), raw["Id"])}
    found = []
    for name in names:
        raw = known.get(name)
        if raw is None:
            raise NotFound(f"there is no container {name}")
        if stack := _stack_of(raw):
            raise Rejected(f"{name} is of the stack {stack} already")
        found.append(str(raw["Id"]))
    return tuple(found)


def _stack_of(raw: Json) -> str | None:
    return (raw.get("Labels") or {}).get(address.STACK)
