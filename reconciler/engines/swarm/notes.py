"""What topo keeps in a Swarm: as configs, by the calls with which one engine keeps it as volumes."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.engines.daemon import Json
from reconciler.engines.swarm.cluster import Cluster, ClusterReader
from reconciler.errors import Conflict, NotFound

_EMPTY = "dG9wbw=="
"""A config has to hold something; what topo keeps stands in the labels."""


def noted(raw: Iterable[Json]) -> list[Json]:
    """Configs in the form in which the engine lists volumes."""
    return [{"Name": one["Spec"]["Name"], "Labels": one["Spec"].get("Labels") or {}} for one in raw]


def listed(cluster: ClusterReader) -> list[Json]:
    """All that is kept."""
    return noted(cluster.configs())


class Notes:
    """See `lease.Volumes`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def volumes(self) -> list[Json]:
        """Those that exist."""
        return listed(self._cluster)

    def create_volume(self, body: Json) -> Json:
        """The one of this name: the new one, or that of whoever was first.

        Raises:
            Conflict: it was removed again in the same moment.
        """
        try:
            self._cluster.create_config({**body, "Data": _EMPTY})
        except Conflict:
            for one in self.volumes():
                if one["Name"] == body["Name"]:
                    return one
            raise
        return body

    def remove_volume(self, name: str) -> None:
        """Raises NotFound when there is none."""
        if all(one["Name"] != name for one in self.volumes()):
            raise NotFound(f"removing {name}: there is none")
        self._cluster.remove_config(name)
