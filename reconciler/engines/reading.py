"""The reading calls of the Engine API over any way of sending a GET, and what a refusal becomes."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from reconciler.engines.daemon import NOTABLE, Events, Json
from reconciler.engines.line import NO_HEADERS
from reconciler.errors import Conflict, Denied, EngineError, NotFound, Rejected, Unavailable
from reconciler.state import Builder
from reconciler.surroundings import Route
from topology.models import Build, Ready

EVENTS: Final = f"/events?filters={quote(json.dumps({key: list(names) for key, names in NOTABLE.items()}))}"
"""The path that answers with the notable events as they happen."""

_BY_STATUS: Final[Mapping[int, type[EngineError]]] = {
    400: Rejected,
    401: Denied,
    403: Conflict,
    404: NotFound,
    409: Conflict,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}
_IN_THE_WAY: Final = re.compile(
    r"port is already allocated|address already in use|already exists in network|marked for removal|"
    r"already in progress|is in use by (service|task)|update out of sequence|"
    r"pool overlaps|non-overlapping IPv\d address pool|pools have been fully subnetted",
    re.IGNORECASE,
)
_ABSENT: Final = re.compile(
    r"is not connected to (the )?network|^network \w+ not found$|"
    r"manifest unknown|not found: manifest|pull access denied",
    re.IGNORECASE,
)


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where an engine is: its URL, and for TLS the folder that holds ca.pem, cert.pem and key.pem."""

    url: str
    tls: str = ""
    verify: bool = True


def failure(doing: str, status: int, message: str) -> EngineError:
    """Our error for an answer of the engine. Some refusals come as a 500 and tell only in words."""
    text = f"{doing}: {message.strip()}"
    if _IN_THE_WAY.search(message):
        return Conflict(text)
    if _ABSENT.search(message):
        return NotFound(text)
    return _BY_STATUS.get(status, Rejected)(text)


def api_version(text: str) -> tuple[int, int]:
    """`1.41` as numbers, so that versions can be compared."""
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _seconds(moment: str) -> int:
    """A moment of the engine as it takes one: seconds since 1970."""
    return int(datetime.fromisoformat(moment.rstrip("Z")).replace(tzinfo=UTC).timestamp())


class Reading(ABC):
    """Every reading call, in terms of `get`."""

    @abstractmethod
    def get(self, doing: str, path: str, headers: Mapping[str, str] = NO_HEADERS) -> Any:
        """The JSON that a GET of a path of the API answers. `doing` begins the text of an error.

        Raises:
            EngineError: it could not be had.
        """

    @abstractmethod
    def _bytes(self, doing: str, path: str) -> bytes:
        """The same of an answer that is no JSON."""

    @property
    @abstractmethod
    def is_local(self) -> bool:
        """See `DaemonReader`."""

    @property
    @abstractmethod
    def socket(self) -> str:
        """The path of the Unix socket that leads to it; "" where something else does."""

    @abstractmethod
    def version(self) -> Json:
        """See `DaemonReader`."""

    @abstractmethod
    def events(self) -> Events:
        """See `DaemonReader`."""

    @abstractmethod
    def digest(self, build: Build) -> str:
        """See `DaemonReader`."""

    def containers(self) -> list[Json]:
        """See `DaemonReader`."""
        found: list[Json] = self.get("listing containers", "/containers/json?all=1")
        return found

    def container(self, container: str) -> Json:
        """See `DaemonReader`."""
        found: Json = self.get(f"inspecting {container[:12]}", f"/containers/{container}/json")
        return found

    def networks(self) -> list[Json]:
        """See `DaemonReader`."""
        found: list[Json] = self.get("listing networks", "/networks")
        return found

    def volumes(self) -> list[Json]:
        """See `DaemonReader`."""
        found: Json = self.get("listing volumes", "/volumes")
        return found.get("Volumes") or []

    def lacks(self, container: str, ready: Ready) -> str | None:
        """See `DaemonReader`."""
        from reconciler.engines.probing.glance import glance  # noqa: PLC0415  # a plan is made without it

        raw = self.container(container)
        since = raw["State"]["StartedAt"].partition(".")[0]
        asked = f"/containers/{raw['Id']}/logs?stdout=1&stderr=1&timestamps=1&since={_seconds(since)}"
        doing = f"reading the log of {container[:40]}"
        return glance(raw, ready, lambda: self._bytes(doing, asked), here=self.is_local)

    def image(self, reference: str) -> Json:
        """See `DaemonReader`."""
        found: Json = self.get(f"inspecting image {reference}", f"/images/{reference}/json")
        return found

    def info(self) -> Json:
        """See `DaemonReader`."""
        found: Json = self.get("asking for the engine's settings", "/info")
        return found

    def routes(self) -> tuple[Route, ...]:
        """See `DaemonReader`."""
        from reconciler.engines import routes  # noqa: PLC0415  # most plans make no network

        table = routes.table_of(self.socket) if self.socket else None
        return routes.routes(table) if table else ()

    def builder(self, build: Build) -> Builder:
        """See `DaemonReader`."""
        from reconciler.engines import builders  # noqa: PLC0415  # most plans build nothing

        return builders.builder(build, api_version(str(self.version()["ApiVersion"])), self.info)

    def newest(self, reference: str) -> str:
        """See `DaemonReader`. Only who asks a registry pays for the SDK, which knows the credentials."""
        from reconciler.engines.building import credentials  # noqa: PLC0415  # only who asks a registry pays for the SDK

        doing = f"asking the registry for {reference}"
        found: Json = self.get(doing, f"/distribution/{reference}/json", credentials(reference))
        return str(found["Descriptor"]["digest"])
