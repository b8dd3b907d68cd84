"""The calls of the Engine API that topo makes, as a seam: the docker SDK and the memory model both fill it.

Bodies and answers are the API's own JSON. Every method raises an `EngineError` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol, TypeAlias

from reconciler.contents import NO_SECRETS, BuildSecrets
from reconciler.state import Builder
from reconciler.surroundings import Route
from topology.models import Build, Ready

Json: TypeAlias = dict[str, Any]

Tell: TypeAlias = Callable[[str], None]
"""Is told how far a call has come, in a few words, from the thread that makes it."""

Look: TypeAlias = Callable[[Json], str]
"""The inspect answer of a running container → what is missing until it is ready; "" when it is."""


NOTABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "type": ("container", "network", "service", "volume"),
    "event": (
        "connect",
        "create",
        "destroy",
        "die",
        "disconnect",
        "health_status",
        "pause",
        "remove",
        "rename",
        "start",
        "unpause",
        "update",
    ),
}
"""The events after which a stack may be another one; each check of a container's health makes more."""


class Events(Protocol):
    """What an engine says of what happens on it, as it happens, from the moment they were asked for."""

    def __iter__(self) -> Iterator[Json]:
        """Each event as the API writes it; ends when `close` is called.

        Raises:
            Unavailable: the connection was cut; what happened since then was missed.
        """

    def close(self) -> None:
        """Ends the iteration, also from another thread."""


class DaemonReader(Protocol):
    """The calls that change nothing; all of them are GET or HEAD."""

    @property
    def is_local(self) -> bool:
        """Whether the engine sees the files of this machine under their paths."""

    def version(self) -> Json:
        """`GET /version`: `Version` and `ApiVersion`, the latter as negotiated."""

    def containers(self) -> list[Json]:
        """`GET /containers/json?all=1`: every container, in every state."""

    def container(self, container: str) -> Json:
        """`GET /containers/ID/json`. Raises NotFound."""

    def networks(self) -> list[Json]:
        """`GET /networks`."""

    def volumes(self) -> list[Json]:
        """`GET /volumes`."""

    def image(self, reference: str) -> Json:
        """`GET /images/REF/json`. Raises NotFound."""

    def info(self) -> Json:
        """`GET /info`: what an engine says of itself; `DefaultAddressPools` and `Swarm` are looked at."""

    def routes(self) -> tuple[Route, ...]:
        """The routes that the engine's process sees, where the kernel shows them here. Asks it nothing."""

    def newest(self, reference: str) -> str:
        """`GET /distribution/REF/json`: the digest that the registry has under a reference now.

        Raises:
            EngineError: the registry has none, wants to know who asks, or does not answer the engine.
        """

    def lacks(self, container: str, ready: Ready) -> str | None:
        """What keeps a running container from being ready, "" for nothing, by reading alone.

        None where that does not tell: a command would have to be run, or a port tried that has no way here.
        """

    def events(self) -> Events:
        """`GET /events`: those that are notable. Once this returns, none is missed."""

    def digest(self, build: Build) -> str:
        """A digest of all that goes into a build: its context as it would be sent, and its settings.

        Reads the context's files; asks the engine nothing.
        """

    def builder(self, build: Build) -> Builder:
        """Who makes an image for it. Looks for the docker command, and asks the engine if that matters."""


def untold(_how: str) -> None:
    """Nobody wants to know."""


class Daemon(DaemonReader, Protocol):
    """The calls that change something. None of them is idempotent by itself."""

    def pull(self, reference: str, platform: str | None = None, tell: Tell = untold) -> None:
        """Fetches an image, such as for linux/arm64. Raises NotFound when the registry says there is none."""

    def build(
        self,
        reference: str,
        build: Build,
        labels: Mapping[str, str],
        tell: Tell = untold,
        secrets: BuildSecrets = NO_SECRETS,
    ) -> None:
        """Builds an image and gives it a reference and labels. Raises Rejected with the builder's words."""

    def create_network(self, body: Json) -> None:
        """`POST /networks/create`. Raises Conflict when the name is taken (not reliable before engine 25)."""

    def remove_network(self, network: str) -> None:
        """`DELETE /networks/ID`. Raises NotFound, or Conflict while endpoints are active."""

    def create_volume(self, body: Json) -> Json:
        """`POST /volumes/create`; an existing one is returned as it is."""

    def remove_volume(self, name: str) -> None:
        """`DELETE /volumes/NAME`. Raises NotFound, or Conflict while it is used."""

    def create_container(self, name: str, body: Json, platform: str | None = None) -> None:
        """`POST /containers/create`. Raises Conflict when the name is taken, NotFound without the image.

        An image that is there for another platform than the one that is asked for counts as none.
        """

    def put_archive(self, container: str, archive: bytes) -> None:
        """`PUT /containers/ID/archive?path=/`: unpacks a tar archive. Raises Conflict on a read-only one."""

    def start(self, container: str) -> None:
        """`POST /containers/ID/start`; one that runs already is fine. Raises Conflict for a taken port."""

    def unpause(self, container: str) -> None:
        """`POST /containers/ID/unpause`. Raises Rejected or Conflict when it is not paused."""

    def signal(self, container: str, signal: str) -> None:
        """`POST /containers/ID/kill`. Raises Conflict when it does not run, Rejected for no such signal."""

    def execute(self, container: str, command: Sequence[str]) -> tuple[int, str]:
        """Runs a command in a container to its end, in three calls: its exit code and what it printed.

        One that the container does not have ends with 126 or 127. Raises Conflict when it does not run, and
        Rejected when the command does not end.
        """

    def probe(self, container: str, ready: Ready) -> AbstractContextManager[Look]:
        """A way to see whether a container is ready. Looking changes nothing that lasts.

        The look raises Unhealthy where nobody can see it.
        """

    def last_words(self, container: str, lines: int) -> str:
        """`GET /containers/ID/logs`: the last lines that it printed."""

    def stop(self, container: str, grace: float) -> None:
        """`POST /containers/ID/stop`; one that is stopped already is fine. `grace` is in seconds."""

    def remove_container(self, container: str, *, volumes: bool) -> None:
        """`DELETE /containers/ID?force=1`. Raises NotFound, or Conflict while its removal is under way."""

    def rename(self, container: str, name: str) -> None:
        """`POST /containers/ID/rename`. Raises Conflict when the name is taken."""

    def update(self, container: str, body: Json) -> None:
        """`POST /containers/ID/update`; a zero in it means "leave alone"."""

    def connect(self, network: str, container: str, endpoint: Json) -> None:
        """`POST /networks/ID/connect`. Raises Conflict: connected already, or an address is taken."""

    def disconnect(self, network: str, container: str, *, force: bool) -> None:
        """`POST /networks/ID/disconnect`. Raises Conflict or NotFound when it is not connected."""
