"""What there is on an engine that a stack could take over. Pure: JSON in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler import address
from reconciler.address import Address
from reconciler.adoption import COMPOSE, Claim, Wish
from reconciler.diff import Obstacle
from reconciler.engines.daemon import Json
from reconciler.engines.inspected import container_name
from reconciler.state import Desired, Shared, Unit

_PROJECT, _SERVICE, _NUMBER = f"{COMPOSE}project", f"{COMPOSE}service", f"{COMPOSE}container-number"
_ONE_OFF = f"{COMPOSE}oneoff"

Found = Claim | Obstacle


def adoptable(
    desired: Desired, wish: Wish, listed: Iterable[Json], networks: Iterable[Json], volumes: Iterable[Json]
) -> tuple[Found, ...]:
    """For each thing that the stack wants, what there is that could be it, or why that cannot be taken.

    A container is the one that was named for it; else that of the Compose project with its service and
    number; else the one with its name. Networks and volumes are known by their names.
    """
    containers = list(listed)
    found: list[Found] = []
    for unit in desired.units.values():
        found += _container(unit, desired, wish, containers)
    for wanted, raws, key in ((desired.networks, networks, "Id"), (desired.volumes, volumes, "Name")):
        several = list(raws)
        for want in wanted.values():
            found += _shared(want, desired, several, key)
    return tuple({(one.id if isinstance(one, Claim) else str(one.address)): one for one in found}.values())


def _container(unit: Unit, desired: Desired, wish: Wish, containers: list[Json]) -> Iterator[Found]:
    asked = wish.containers.get(unit.address)
    if asked is not None:
        raw = next((one for one in containers if _is_called(one, asked)), None)
        if raw is None:
            yield Obstacle(
                address=unit.address,
                message=f"there is no container {asked}",
                mend="docker ps --all lists those that there are",
            )
            return
        yield from _claim(raw, container_name(raw["Names"]), unit.address, desired, "asked for")
        return
    for raw in containers:
        if _is_of_project(raw, unit.address, wish.project):
            why = f"of Compose project {wish.project}"
            yield from _claim(raw, container_name(raw["Names"]), unit.address, desired, why)
            return
    for raw in containers:
        if container_name(raw.get("Names") or ()) == unit.name:
            yield from _claim(raw, unit.name, unit.address, desired, "by its name")
            return


def _is_called(raw: Json, asked: str) -> bool:
    return container_name(raw.get("Names") or ()) == asked or (
        len(asked) >= 12 and str(raw["Id"]).startswith(asked)  # a short id
    )


def _is_of_project(raw: Json, at: Address, project: str) -> bool:
    labels = raw.get("Labels") or {}
    marks = (labels.get(_PROJECT), labels.get(_SERVICE), labels.get(_NUMBER))
    return marks == (project, at.name, str(at.replica)) and labels.get(_ONE_OFF, "False") != "True"


def _shared(want: Shared, desired: Desired, raws: list[Json], key: str) -> Iterator[Found]:
    """Where a name is there twice, the plan says what to do."""
    named = [raw for raw in raws if raw["Name"] == want.name]
    if len(named) == 1 and not want.external:
        project = (named[0].get("Labels") or {}).get(_PROJECT)
        why = f"of Compose project {project}" if project else "by its name"
        yield from _claim(named[0], want.name, want.address, desired, why, key=key)


def _claim(
    raw: Json, name: str, at: Address, desired: Desired, why: str, *, key: str = "Id"
) -> Iterator[Found]:
    """Nothing where it is ours already; an obstacle where another stack or owner has it."""
    labels: Mapping[str, str] = raw.get("Labels") or {}
    stack, owner = labels.get(address.STACK), labels.get(address.OWNER)
    if stack is None:
        yield Claim(address=at, id=str(raw[key]), name=name, why=why)
    elif (stack, owner) != (desired.stack, desired.owner):
        yield Obstacle(
            address=at,
            message=f"{name} belongs to stack {stack} of {owner}",
            mend="one owner at a time: take it out of that stack, or give this one another name",
        )
