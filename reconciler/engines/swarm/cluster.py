"""The calls of the Engine API that only a manager of a Swarm answers, as a seam beside `daemon.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reconciler.engines.daemon import Daemon, DaemonReader, Json
from reconciler.engines.swarm.silence import Silence


class ClusterReader(DaemonReader, Protocol):
    """The calls that change nothing; `silence` tells who waits for them."""

    silence: Silence

    def swarm(self) -> Json:
        """The part of `GET /info` that tells whether this is a Swarm, and whether we talk to a manager."""

    def services(self) -> list[Json]:
        """`GET /services`: every service, with all it says."""

    def service(self, service: str) -> Json:
        """`GET /services/ID`. Raises NotFound."""

    def tasks(self, service: str | None = None, ids: Sequence[str] = ()) -> list[Json]:
        """`GET /tasks`: those of one service, those named by their ids, or all. Raises NotFound."""

    def nodes(self) -> list[Json]:
        """`GET /nodes`."""

    def configs(self) -> list[Json]:
        """`GET /configs`."""

    def secrets(self) -> list[Json]:
        """`GET /secrets`; nobody is told what they hold."""


class Cluster(ClusterReader, Daemon, Protocol):
    """The calls that change something."""

    def create_service(self, body: Json) -> None:
        """`POST /services/create`. Raises Conflict when the name is taken."""

    def update_service(self, service: str, version: int, body: Json) -> None:
        """`POST /services/ID/update`. Raises Conflict when it has another version by now."""

    def remove_service(self, service: str) -> None:
        """`DELETE /services/ID`. Raises NotFound."""

    def create_config(self, body: Json) -> None:
        """`POST /configs/create`. Raises Conflict when the name is taken."""

    def create_secret(self, body: Json) -> None:
        """`POST /secrets/create`. Raises Conflict when the name is taken."""

    def remove_secret(self, name: str) -> None:
        """`DELETE /secrets/ID`. Raises NotFound, or Rejected while a service uses it."""

    def remove_config(self, name: str) -> None:
        """`DELETE /configs/ID`. Raises NotFound, or Rejected while a service uses it."""
