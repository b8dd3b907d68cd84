"""The calls of `cluster.py` over the wire, or through the SDK's session."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from reconciler.engines.daemon import Json
from reconciler.engines.line import NO_HEADERS
from reconciler.engines.reading import Endpoint, Reading
from reconciler.engines.swarm.silence import Silence
from reconciler.engines.wire import WireReader


class ClusterReading(Reading):
    """See `ClusterReader`, in terms of `get`."""

    def swarm(self) -> Json:
        """See `ClusterReader`."""
        found: Json = self.get("asking about the Swarm", "/info")
        return found.get("Swarm") or {}

    def services(self) -> list[Json]:
        """See `ClusterReader`."""
        found: list[Json] = self.get("listing services", "/services")
        return found

    def service(self, service: str) -> Json:
        """See `ClusterReader`."""
        found: Json = self.get(f"inspecting service {service}", f"/services/{service}")
        return found

    def tasks(self, service: str | None = None, ids: Sequence[str] = ()) -> list[Json]:
        """See `ClusterReader`."""
        chosen = {"service": [service] if service else [], "id": list(ids)}
        wanted = {name: values for name, values in chosen.items() if values}
        filters = f"?filters={quote(json.dumps(wanted))}" if wanted else ""
        found: list[Json] = self.get("listing tasks", f"/tasks{filters}")
        return found

    def nodes(self) -> list[Json]:
        """See `ClusterReader`."""
        found: list[Json] = self.get("listing nodes", "/nodes")
        return found

    def configs(self) -> list[Json]:
        """See `ClusterReader`."""
        found: list[Json] = self.get("listing configs", "/configs")
        return found

    def secrets(self) -> list[Json]:
        """See `ClusterReader`."""
        found: list[Json] = self.get("listing secrets", "/secrets")
        return found


class WireCluster(ClusterReading, WireReader):
    """Reads a manager on a Unix socket."""

    def __init__(self, endpoint: Endpoint, silence: Silence | None = None) -> None:
        """See `WireReader`."""
        self.silence = silence or Silence()
        super().__init__(endpoint)

    def get(self, doing: str, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:
        """See `Reading`."""
        return self.silence.through(partial(WireReader.get, self, doing, path, headers))
