"""What others hold: names, host ports, and networks that they are guests on."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler import address
from reconciler.diff.changes import Action, Change, Obstacle, SharedChange
from reconciler.fields import ports
from reconciler.state import UNFETCHED, Desired, Holder, Observed, Unit


def names_taken(desired: Desired, observed: Observed) -> list[Obstacle]:
    """Container names are unique on an engine, stopped containers included."""
    holders = {holder.name: holder for holder in observed.holders}
    ours = {unit.id for unit in observed.units}
    return [
        Obstacle(
            address=unit.address,
            message=f"the name {unit.name} is taken by a container that is not of this stack"
            f" ({holder.id[:12]})",
            mend="take it over with `topo adopt`, rename or remove it, or give the service another "
            "`container_name`",
        )
        for unit in desired.units.values()
        if (holder := holders.get(unit.name)) is not None and holder.id not in ours
    ]


def ports_taken(desired: Desired, observed: Observed) -> list[Obstacle]:
    """Host ports that containers of others publish. What a program beside Docker holds shows at the start."""
    held = [
        (port, holder)
        for holder in observed.holders
        if (holder.stack, holder.owner) != (desired.stack, desired.owner)
        for port in sorted(holder.ports)
    ]
    return [
        _port_taken(unit, text, holder)
        for unit in desired.units.values()
        for text in unit.spec.get("ports", ())
        if (holder := next((holder for port, holder in held if _meets(text, port)), None)) is not None
    ]


def _meets(text: str, held: tuple[str, int, str]) -> bool:
    host_ip, published, target = ports.split(text)
    address, number, protocol = held
    if (published, target.rpartition("/")[2]) != (str(number), protocol):
        return False
    return ports.meet(host_ip, address)


def _port_taken(unit: Unit, text: str, holder: Holder) -> Obstacle:
    published = ports.split(text)[1]
    whose = f" of stack {holder.stack}" if holder.stack else ""
    return Obstacle(
        address=unit.address,
        message=f"port {published} on the host is already published by container {holder.name}{whose}",
        mend="publish another port, or stop that container",
        path=("services", unit.address.name, "ports"),
    )


def guests(changes: Iterable[Change], observed: Observed) -> list[Obstacle]:
    """Foreign containers on a network that is to be made anew: they are not ours to disconnect."""
    ours = {unit.id for unit in observed.units}
    found = []
    for change in changes:
        if isinstance(change, SharedChange) and change.action is Action.REPLACE and change.live is not None:
            guests = sorted(name for member, name in change.live.members.items() if member not in ours)
            if guests:
                found.append(
                    Obstacle(
                        address=change.address,
                        message=f"network {change.live.name} has to be made anew ({change.reason}), but "
                        f"containers that are not of this stack are on it: {', '.join(guests)}",
                        mend=f"disconnect them first: docker network disconnect {change.live.name} NAME",
                    )
                )
    return found


def contents_absent(desired: Desired) -> list[Obstacle]:
    """What cannot be had: files and variables that are not there, fields that the engine does not know."""
    at = address.stack(desired.stack)
    return [
        Obstacle(address=at, message=one.message, mend=one.mend, path=one.path) for one in desired.missing
    ]


def builds_impossible(desired: Desired, observed: Observed) -> list[Obstacle]:
    """Images that would have to be built here, and cannot be."""
    units = {unit.address.name: unit for unit in desired.units.values()}
    return [
        Obstacle(
            address=address.service(name, 1),
            message=f"image {units[name].image} cannot be built: {one.message}",
            mend=one.mend,
            path=("services", name, "build", *one.path),
        )
        for name, builder in observed.builders.items()
        for one in builder.missing
        if name in units
    ]


def images_absent(desired: Desired, observed: Observed) -> list[Obstacle]:
    """Images that nobody may fetch and the engine does not have."""
    return [
        Obstacle(
            address=unit.address,
            message=f"image {unit.image} is not there, and pull_policy is {unit.pull}",
            mend=f"bring it there with `docker pull {unit.image}` or `docker load`, or take the policy back",
            path=("services", unit.address.name, "pull_policy"),
        )
        for unit in desired.units.values()
        if unit.pull in UNFETCHED and unit.build is None and unit.image not in observed.images
    ]
