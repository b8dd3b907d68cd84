"""Who waits for whom: never in a circle, and only for what can come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

from topology.codes import CONFLICT, CYCLE, UNSURE
from topology.findings import Finding, Path, Related
from topology.load.references.names import shared_service
from topology.load.references.reading import Reading
from topology.load.words import error, warning
from topology.models import IMAGE_OF, Condition, Service, Stack

_SHOWN = 8

Waits: TypeAlias = dict[str, dict[str, Path]]
"""Service → the services it waits for, each with the path that says so."""


def _waits(stack: Stack, waits_of: Callable[[str, Service], dict[str, Path]]) -> Waits:
    waits = {name: waits_of(name, service) for name, service in stack.services.items()}
    return {
        name: {target: path for target, path in edges.items() if target in waits}
        for name, edges in waits.items()
    }


def _images_of(name: str, service: Service) -> dict[str, Path]:
    """The services whose images its build takes from."""
    places = service.build.additional_contexts if service.build else {}
    return {
        place.removeprefix(IMAGE_OF): ("services", name, "build", "additional_contexts", context)
        for context, place in places.items()
        if place.startswith(IMAGE_OF)
    }


def _starts_after(name: str, service: Service) -> dict[str, Path]:
    edges: dict[str, Path] = {
        target: ("services", name, "depends_on", target) for target in service.depends_on
    }
    for index, link in enumerate(service.links):
        edges.setdefault(link.service, ("services", name, "links", index))
    for index, giver in enumerate(service.volumes_from):
        if giver.service is not None:
            edges.setdefault(giver.service, ("services", name, "volumes_from", index))
    shared = shared_service(service)
    if shared is not None:
        edges.setdefault(shared, ("services", name, "network_mode"))
    return edges


def cycles(reading: Reading) -> Iterator[Finding]:
    """One finding for each group of services that wait for each other to start, or for their images."""
    for waits_of in (_starts_after, _images_of):
        yield from _rings(_waits(reading.stack, waits_of))


def _rings(waits: Waits) -> Iterator[Finding]:
    """Each with the shortest way round."""
    for group in _groups(waits):
        ring = _way_round(group, waits)
        steps = [*pairwise(ring)]
        related = tuple(
            Related(message=f"{waiting} waits for {awaited}", path=waits[waiting][awaited])
            for waiting, awaited in steps[1:_SHOWN]
        )
        yield error(
            CYCLE,
            f"services wait for each other: {_shown(ring)}",
            waits[ring[0]][ring[1]],
            label=f"{ring[0]} waits for {ring[1]}",
            mend="take one of the steps out",
            related=related,
        )


def _shown(ring: list[str]) -> str:
    """The way round, with its middle left out when it is long."""
    if len(ring) > _SHOWN + 1:
        ring = [*ring[: _SHOWN - 2], f"{len(ring) - _SHOWN} more", *ring[-2:]]
    return " → ".join(ring)


def _groups(waits: Waits) -> Iterator[list[str]]:
    """The sets of services that can be reached from each other (Tarjan's algorithm, without recursion)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    trail: list[str] = []
    on_trail: set[str] = set()
    for start in waits:
        if start in number:
            continue
        work = [(start, iter(waits[start]))]
        number[start] = lowest[start] = len(number)
        trail.append(start)
        on_trail.add(start)
        while work:
            service, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[service])
                if lowest[service] == number[service]:
                    group = _cut(trail, on_trail, service)
                    if len(group) > 1 or service in waits[service]:
                        yield group
            elif target not in number:
                number[target] = lowest[target] = len(number)
                trail.append(target)
                on_trail.add(target)
                work.append((target, iter(waits[target])))
            elif target in on_trail:
                lowest[service] = min(lowest[service], number[target])


def _cut(trail: list[str], on_trail: set[str], first: str) -> list[str]:
    """Takes off the trail everything from `first` on."""
    group = [trail.pop()]
    while group[-1] != first:
        group.append(trail.pop())
    on_trail.difference_update(group)
    return group


def _way_round(group: list[str], waits: Mapping[str, Mapping[str, Path]]) -> list[str]:
    """The shortest way from the group's first service in file order back to itself."""
    inside = set(group)
    start = next(name for name in waits if name in inside)
    came: dict[str, str] = {}
    queue = deque([start])
    while queue:
        service = queue.popleft()
        if start in waits[service]:
            ring = [service]
            while ring[-1] != start:
                ring.append(came[ring[-1]])
            return [*reversed(ring), start]
        for target in waits[service]:
            if target in inside and target not in came and target != start:
                came[target] = service
                queue.append(target)
    raise AssertionError(f"{start} is not on a cycle")


def healthy(reading: Reading) -> Iterator[Finding]:
    """Waiting for the health of a service that does not say how it is tested."""
    services = reading.stack.services
    for name, service in services.items():
        for target, dependency in service.depends_on.items():
            if dependency.condition is Condition.HEALTHY and target in services:
                yield from _health(name, target, services[target], reading)


def _health(name: str, target: str, awaited: Service, reading: Reading) -> Iterator[Finding]:
    path: Path = ("services", name, "depends_on", target)
    check = awaited.healthcheck
    if awaited.ready is not None:
        return
    if check is None and reading.has("services", target, "healthcheck"):
        yield warning(
            UNSURE,
            f"service {name} waits until {target} is healthy, which has no healthcheck here",
            path,
            label="its image may have one",
            mend=f'add "healthcheck:" or "ready:" to {target}, or wait for service_started',
        )
    elif check is not None and check.test == ("NONE",):
        yield error(
            CONFLICT,
            f"service {name} waits until {target} is healthy, whose healthcheck is off",
            path,
            label="this never comes true",
            mend="wait for service_started instead",
            related=(Related(message="it is switched off", path=("services", target, "healthcheck")),),
        )
