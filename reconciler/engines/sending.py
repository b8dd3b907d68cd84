"""The calls of the Engine API that change something and have one answer, over any way of sending them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from reconciler.engines.daemon import Json
from reconciler.engines.line import NO_HEADERS


class Sending(ABC):
    """Every such call, in terms of `_send`."""

    @abstractmethod
    def _send(
        self,
        doing: str,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        /,
        **params: Any,
    ) -> Any:
        """Sends one call, once, and gives back the JSON of the answer, if it has any, else {}.

        The body is JSON or a tar archive; parameters that are None are left out, and `t` is added to the
        seconds that the call may take. `doing` begins the text of an error.

        Raises:
            EngineError: it was refused, or nobody knows what became of it.
        """

    def create_network(self, body: Json) -> None:
        """See `Daemon`."""
        doing = f"creating network {body['Name']}"
        self._send(doing, "POST", "/networks/create", {"CheckDuplicate": True, **body})

    def remove_network(self, network: str) -> None:
        """See `Daemon`."""
        self._send(f"removing network {network[:12]}", "DELETE", f"/networks/{network}")

    def create_volume(self, body: Json) -> Json:
        """See `Daemon`."""
        made: Json = self._send(f"creating volume {body['Name']}", "POST", "/volumes/create", body)
        return made

    def remove_volume(self, name: str) -> None:
        """See `Daemon`."""
        self._send(f"removing volume {name}", "DELETE", f"/volumes/{name}")

    def create_container(self, name: str, body: Json, platform: str | None = None) -> None:
        """See `Daemon`."""
        doing = f"creating {name}"
        self._send(doing, "POST", "/containers/create", body, name=name, platform=platform)

    def put_archive(self, container: str, archive: bytes) -> None:
        """See `Daemon`."""
        doing = f"copying files into {container[:40]}"
        self._send(doing, "PUT", f"/containers/{container}/archive", archive, path="/")

    def start(self, container: str) -> None:
        """See `Daemon`."""
        self._send(f"starting {container[:40]}", "POST", f"/containers/{container}/start")

    def unpause(self, container: str) -> None:
        """See `Daemon`."""
        self._send(f"unpausing {container[:12]}", "POST", f"/containers/{container}/unpause")

    def signal(self, container: str, signal: str) -> None:
        """See `Daemon`."""
        doing = f"signalling {container[:40]} with {signal}"
        self._send(doing, "POST", f"/containers/{container}/kill", signal=signal)

    def stop(self, container: str, grace: float) -> None:
        """See `Daemon`."""
        doing = f"stopping {container[:12]}"
        self._send(doing, "POST", f"/containers/{container}/stop", t=round(grace))

    def remove_container(self, container: str, *, volumes: bool) -> None:
        """See `Daemon`."""
        doing = f"removing {container[:12]}"
        self._send(doing, "DELETE", f"/containers/{container}", force="1", v="1" if volumes else None)

    def rename(self, container: str, name: str) -> None:
        """See `Daemon`."""
        self._send(f"renaming {container[:12]}", "POST", f"/containers/{container}/rename", name=name)

    def update(self, container: str, body: Json) -> None:
        """See `Daemon`."""
        self._send(f"updating {container[:12]}", "POST", f"/containers/{container}/update", body)

    def connect(self, network: str, container: str, endpoint: Json) -> None:
        """See `Daemon`."""
        doing = f"connecting {container[:40]} to {network}"
        body = {"Container": container, "EndpointConfig": endpoint}
        self._send(doing, "POST", f"/networks/{network}/connect", body)

    def disconnect(self, network: str, container: str, *, force: bool) -> None:
        """See `Daemon`."""
        doing = f"disconnecting {container[:12]} from {network}"
        body = {"Container": container, "Force": force}
        self._send(doing, "POST", f"/networks/{network}/disconnect", body)
