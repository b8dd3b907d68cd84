"""A manager behind the docker SDK: the calls of one engine, and those that only a Swarm knows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from reconciler.engines import building
from reconciler.engines.daemon import Json
from reconciler.engines.line import NO_HEADERS
from reconciler.engines.reading import Endpoint
from reconciler.engines.sdk import SdkDaemon, SdkReader
from reconciler.engines.sending import Call
from reconciler.engines.swarm.calls import ClusterReading
from reconciler.engines.swarm.silence import Silence


class SdkClusterReader(ClusterReading, SdkReader):
    """The reading half, wherever the manager is."""

    def __init__(self, endpoint: Endpoint, silence: Silence | None = None) -> None:
        """See `SdkReader`."""
        self.silence = silence or Silence()
        super().__init__(endpoint)

    def get(self, doing: str, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:
        """See `Reading`."""
        return self.silence.through(partial(SdkReader.get, self, doing, path, headers))


class SdkCluster(SdkClusterReader, SdkDaemon):
    """See `Cluster`."""

    def _send(self, doing: str, call: Call) -> Any:
        """See `Sending`."""
        return self.silence.through(partial(super()._send, doing, call))

    def create_service(self, body: Json) -> None:
        """See `Cluster`."""
        doing = f"creating service {body['Name']}"
        self._send(doing, Call(method="POST", path="/services/create", body=body, headers=_asking(body)))

    def update_service(self, service: str, version: int, body: Json) -> None:
        """See `Cluster`."""
        doing = f"updating service {body['Name']}"
        path, params = f"/services/{service}/update", {"version": version}
        call = Call(method="POST", path=path, body=body, headers=_asking(body), params=params)
        self._send(doing, call)

    def remove_service(self, service: str) -> None:
        """See `Cluster`."""
        self._delete(f"removing service {service[:12]}", f"/services/{service}")

    def create_config(self, body: Json) -> None:
        """See `Cluster`."""
        self._post(f"creating config {body['Name']}", "/configs/create", body)

    def remove_config(self, name: str) -> None:
        """See `Cluster`."""
        self._delete(f"removing config {name}", f"/configs/{name}")

    def create_secret(self, body: Json) -> None:
        """See `Cluster`."""
        self._post(f"creating secret {body['Name']}", "/secrets/create", body)

    def remove_secret(self, name: str) -> None:
        """See `Cluster`."""
        self._delete(f"removing secret {name}", f"/secrets/{name}")


def _asking(body: Json) -> dict[str, str]:
    """Who asks the image's registry: nodes fetch it with the credentials that they are given here."""
    return building.credentials(str(body["TaskTemplate"]["ContainerSpec"]["Image"]))
