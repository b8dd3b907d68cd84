"""The calls of the Engine API that change something and have one answer, over any way of sending them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from reconciler.engines.daemon import Json


class Call(Struct, frozen=True, kw_only=True):
    """One call. The body is JSON or a tar archive; of the parameters, those that are None are left out."""

    method: str
    path: str
    body: Json | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str | int | None] = field(default_factory=dict)
    grace: float = 0.0
    """Seconds that the engine may take beyond the usual."""

    @property
    def given(self) -> dict[str, str | int]:
        """The parameters that are sent."""
        return {name: value for name, value in self.params.items() if value is not None}


class Sending(ABC):
    """Every such call, in terms of `_send`."""

    @abstractmethod
    def _send(self, doing: str, call: Call) -> Any:
        """Sends a call, once, and gives back the JSON of the answer, if it has any, else {}.

        `doing` begins the text of an error.

        Raises:
            EngineError: it was refused, or nobody knows what became of it.
        """

    def _post(self, doing: str, path: str, body: Json | None = None, **params: str | int | None) -> Any:
        return self._send(doing, Call(method="POST", path=path, body=body, params=params))

    def _delete(self, doing: str, path: str, **params: str | int | None) -> Any:
        return self._send(doing, Call(method="DELETE", path=path, params=params))

    def create_network(self, body: Json) -> None:
        """See `Daemon`."""
        doing = f"creating network {body['Name']}"
        self._post(doing, "/networks/create", {"CheckDuplicate": True, **body})

    def remove_network(self, network: str) -> None:
        """See `Daemon`."""
        self._delete(f"removing network {network[:12]}", f"/networks/{network}")

    def create_volume(self, body: Json) -> Json:
        """See `Daemon`."""
        made: Json = self._post(f"creating volume {body['Name']}", "/volumes/create", body)
        return made

    def remove_volume(self, name: str) -> None:
        """See `Daemon`."""
        self._delete(f"removing volume {name}", f"/volumes/{name}")

    def create_container(self, name: str, body: Json, platform: str | None = None) -> None:
        """See `Daemon`."""
        doing = f"creating {name}"
        self._post(doing, "/containers/create", body, name=name, platform=platform)

    def put_archive(self, container: str, archive: bytes) -> None:
        """See `Daemon`."""
        doing = f"copying files into {container[:40]}"
        path = f"/containers/{container}/archive"
        self._send(doing, Call(method="PUT", path=path, body=archive, params={"path": "/"}))

    def start(self, container: str) -> None:
        """See `Daemon`."""
        self._post(f"starting {container[:40]}", f"/containers/{container}/start")

    def unpause(self, container: str) -> None:
        """See `Daemon`."""
        self._post(f"unpausing {container[:12]}", f"/containers/{container}/unpause")

    def signal(self, container: str, signal: str) -> None:
        """See `Daemon`."""
        doing = f"signalling {container[:40]} with {signal}"
        self._post(doing, f"/containers/{container}/kill", signal=signal)

    def stop(self, container: str, grace: float) -> None:
        """See `Daemon`."""
        doing = f"stopping {container[:12]}"
        path, params = f"/containers/{container}/stop", {"t": round(grace)}
        self._send(doing, Call(method="POST", path=path, params=params, grace=round(grace)))

    def remove_container(self, container: str, *, volumes: bool) -> None:
        """See `Daemon`."""
        doing = f"removing {container[:12]}"
        self._delete(doing, f"/containers/{container}", force="1", v="1" if volumes else None)

    def rename(self, container: str, name: str) -> None:
        """See `Daemon`."""
        self._post(f"renaming {container[:12]}", f"/containers/{container}/rename", name=name)

    def update(self, container: str, body: Json) -> None:
        """See `Daemon`."""
        self._post(f"updating {container[:12]}", f"/containers/{container}/update", body)

    def connect(self, network: str, container: str, endpoint: Json) -> None:
        """See `Daemon`."""
        doing = f"connecting {container[:40]} to {network}"
        body = {"Container": container, "EndpointConfig": endpoint}
        self._post(doing, f"/networks/{network}/connect", body)

    def disconnect(self, network: str, container: str, *, force: bool) -> None:
        """See `Daemon`."""
        doing = f"disconnecting {container[:12]} from {network}"
        body = {"Container": container, "Force": force}
        self._post(doing, f"/networks/{network}/disconnect", body)
