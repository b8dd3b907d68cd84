"""The volumes of a stack on the nodes of a Swarm: each node keeps its own, and a manager knows of none.

Where there is no way to a node, tasks tell: what they mount was made where they ran. A Swarm remembers a few
of the tasks that have ended, so a node that lost the service long ago may keep one that nobody can name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reconciler.engines.daemon import Json
from reconciler.engines.inspected import live_volumes
from reconciler.state import Desired, LiveShared
from topology.structs import replace


def on_node(raw: Iterable[Json], desired: Desired, node: str) -> tuple[LiveShared, ...]:
    """The stack's volumes that the engine of a node has."""
    return tuple(replace(one, node=node) for one in live_volumes(raw, desired))


def distant(
    tasks: Iterable[Json], services: Collection[str], nodes: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Name of a node → the named volumes that tasks of these services have used there.

    `nodes`: id → name, of those that there is no way to.
    """
    found: dict[str, set[str]] = {}
    for task in tasks:
        node = nodes.get(task.get("NodeID") or "")
        if node is not None and task.get("ServiceID") in services:
            found.setdefault(node, set()).update(_named(task))
    return {node: tuple(sorted(names)) for node, names in sorted(found.items()) if names}


def _named(task: Json) -> Iterable[str]:
    """External ones, which are nobody's to remove, carry no labels."""
    mounts = (task["Spec"].get("ContainerSpec") or {}).get("Mounts") or ()
    for mount in mounts:
        labels = (mount.get("VolumeOptions") or {}).get("Labels")
        if mount.get("Type") == "volume" and mount.get("Source") and labels:
            yield str(mount["Source"])
