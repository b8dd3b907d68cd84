"""Steps for one container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.address import Kind
from reconciler.contents import File
from reconciler.steps.step import Named, Step
from topology.models import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContainer(Step):
    """Creates a container under a name; one with the same name and labels is fine.

    `platform` is what its image has to be made for; without it, the engine's own will do.
    """

    records = True

    name: str
    body: Mapping[str, Any] = field(hash=False)
    platform: str | None = None

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        attached = self.body.get("NetworkingConfig", {}).get("EndpointsConfig", {})
        sources = {bind.partition(":")[0] for bind in self.body["HostConfig"].get("Binds", ())}
        networks = {(Kind.NETWORK, str(name)) for name in attached}
        return frozenset(networks | {(Kind.VOLUME, name) for name in sources})


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFiles(Step):
    """Puts files into a container that has not started; those that are there already are overwritten."""

    container: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartContainer(Step):
    """Starts a container."""

    begins = True

    container: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpauseContainer(Step):
    """Lets a paused container run on."""

    begins = True

    container: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopContainer(Step):
    """Stops a container; it is killed after `grace` seconds."""

    container: str
    grace: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContainer(Step):
    """Removes a container; its anonymous volumes go too only with `volumes`."""

    container: str
    name: str
    volumes: bool = False

    @property
    def removes(self) -> str:
        """See `Step`."""
        return self.container


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameContainer(Step):
    """Gives a container another name."""

    container: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalContainer(Step):
    """Sends a signal to a container's first process; one that does not run needs none.

    `why` tells people, and tells two signals to one container apart.
    """

    container: str
    signal: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecInContainer(Step):
    """Runs a command in a container, which must succeed; one that does not run needs none.

    `why`: as for signals.
    """

    container: str
    command: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContainer(Step):
    """Changes limits and restart policy of a container as it is."""

    container: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectNetwork(Step):
    """Attaches a container to a network, with all of its endpoint's settings."""

    container: str
    network: str
    endpoint: Mapping[str, Any] = field(hash=False)

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return frozenset({(Kind.NETWORK, self.network)})


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectNetwork(Step):
    """Takes a container off a network."""

    container: str
    network: str

    def leaves(self, unit: str, network: str) -> bool:
        """See `Step`."""
        return (self.container, self.network) == (unit, network)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitHealthy(Step):
    """Waits until the health check passes, and until it is `ready`; without either, until the container runs.

    `within` is in seconds and counts from the start of this step; for `monitor` seconds it has to stay so. A
    successor that does not work is removed again with `discard`, and with `revive`, the id of the container
    that stopped for it, that runs again.
    """

    awaits = True

    container: str
    within: float
    discard: bool = False
    revive: str = ""
    monitor: float = 0.0
    ready: Ready | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitCompleted(Step):
    """Waits until the container has ended, which it must with exit code 0."""

    awaits = True

    container: str
    within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Step):
    """Lets some seconds pass."""

    seconds: float
