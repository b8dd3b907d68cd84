"""Making a container: what is sent to the engine, and the steps until it works."""

from __future__ import annotations

from typing import Any, Final

from reconciler import address
from reconciler.fields import SERVICE, SHARED_NAMESPACES, endpoints, health, hosts_of, mounts
from reconciler.fragment import NOTHING, Fragment
from reconciler.record import labels
from reconciler.state import Desired, Observed, Traits, Unit
from reconciler.steps import (
    ConnectNetwork,
    CopyFiles,
    CreateContainer,
    StartContainer,
    Step,
    WaitCompleted,
    WaitHealthy,
)

JOB_PATIENCE: Final = 3600.0
"""Seconds that a service is given that others wait to see completed."""


def body(desired: Desired, unit: Unit) -> dict[str, Any]:
    """What is sent to the engine to create a unit, with all its networks at once."""
    made: dict[str, Any] = {"HostConfig": {}, "Labels": {}}
    for row in SERVICE:
        if row.name in unit.spec:
            row.write(made, unit.spec[row.name])
    made["Labels"].update(labels(desired, unit.address, unit.spec))
    _join_stack(desired, unit, made)
    return made


def _join_stack(desired: Desired, unit: Unit, made: dict[str, Any]) -> None:
    """`service:x` is our word; the engine wants the name of a container."""
    for field, name in hosts_of(unit.spec).items():
        host = desired.units[address.service(name, 1)]
        made["HostConfig"][SHARED_NAMESPACES[field]] = f"container:{host.name}"


def created(desired: Desired, observed: Observed, want: Unit, name: str) -> Fragment:
    """Created, attached everywhere, started, and seen to work."""
    return prepared(desired, observed.traits, want, name).then(
        Fragment.of(StartContainer(address=want.address, container=name), ready_of(observed, want, name))
    )


def prepared(
    desired: Desired,
    traits: Traits,
    want: Unit,
    name: str,
    *,
    inherited: dict[str, str] | None = None,
    late: frozenset[str] = frozenset(),
) -> Fragment:
    """Created and attached, but not started: before API 1.44 the second network needs a second call."""
    made = _without(late, body(desired, want))
    if inherited:
        mounts.inherit(made, inherited)
    more: list[Step] = []
    attached = made.get("NetworkingConfig", {}).get("EndpointsConfig", {})
    if len(attached) > 1 and not traits.networks_at_create:
        for network in sorted(attached)[1:]:
            endpoint = attached.pop(network)
            more.append(
                ConnectNetwork(address=want.address, container=name, network=network, endpoint=endpoint)
            )
    create = CreateContainer(address=want.address, name=name, body=made, platform=want.spec.get("platform"))
    return Fragment.of(create, *more).then(filled(want, name))


def _without(late: frozenset[str], made: dict[str, Any]) -> dict[str, Any]:
    """The body without the networks that are joined later; what else is in it stays."""
    if late:
        attached = made["NetworkingConfig"]["EndpointsConfig"]
        for network in late:
            del attached[network]
        made["HostConfig"]["NetworkMode"] = min(attached)
    return made


def joined(want: Unit, container: str, networks: frozenset[str]) -> Fragment:
    return Fragment.together(
        Fragment.of(
            ConnectNetwork(
                address=want.address,
                container=container,
                network=network,
                endpoint=endpoints.settings(want.spec["networks"][network]),
            )
        )
        for network in sorted(networks)
    )


def filled(want: Unit, container: str) -> Fragment:
    if not want.files:
        return NOTHING
    return Fragment.of(CopyFiles(address=want.address, container=container, files=want.files))


def ready_of(observed: Observed, want: Unit, name: str) -> Step:
    image = observed.images.get(want.image)
    return works(want, name, health.patience(want.spec, image.config, want.ready) if image else want.within)


def works(want: Unit, name: str, within: float) -> Step:
    """A job has to end well; anything else has to become healthy, and ready, in so many seconds."""
    if want.job:
        return WaitCompleted(address=want.address, container=name, within=JOB_PATIENCE)
    return WaitHealthy(address=want.address, container=name, within=within, ready=want.ready)
