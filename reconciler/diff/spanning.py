"""Networks that span hosts, which only a manager of a Swarm makes: seen before anything is begun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.diff.changes import Change, Obstacle, SharedChange
from reconciler.state import Observed, Shared


def spanning(changes: Iterable[Change], observed: Observed) -> Iterator[Obstacle]:
    """Overlays that the engine would refuse to make, or to let a container join."""
    for change in changes:
        if not isinstance(change, SharedChange) or change.want is None or not change.want.spans_hosts:
            continue
        if not observed.around.manages_swarm:
            yield _no_swarm(change.want)
        elif not change.want.spec.get("attachable"):
            yield _closed(change.want)


def _no_swarm(want: Shared) -> Obstacle:
    return Obstacle(
        address=want.address,
        message=f"network {want.name} spans the hosts of a Swarm, and this engine manages none",
        mend="take the driver out: on one host a bridge does; or make a Swarm of it: docker swarm init",
        path=("networks", want.address.name, "driver"),
    )


def _closed(want: Shared) -> Obstacle:
    return Obstacle(
        address=want.address,
        message=f"network {want.name} is an overlay that only services of its Swarm can join",
        mend="say `attachable: true`, or run the stack on the Swarm: topo apply --engine swarm",
        path=("networks", want.address.name, "driver"),
    )
