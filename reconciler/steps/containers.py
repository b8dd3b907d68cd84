"""Steps for one container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.address import Kind
from reconciler.contents import File
from reconciler.steps.step import Named, Step
from topology.models import Ready


class CreateContainer(Step, frozen=True, kw_only=True):
    """Creates a container under a name; one with the same name and labels is fine.

    `platform` is what its image has to be made for; without it, the engine's own will do.
    """

    records = True

    name: str
    body: Mapping[str, Any]
    platform: str | None = None

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        attached = self.body.get("NetworkingConfig", {}).get("EndpointsConfig", {})
        sources = {bind.partition(":")[0] for bind in self.body["HostConfig"].get("Binds", ())}
        networks = {(Kind.NETWORK, str(name)) for name in attached}
        return frozenset(networks | {(Kind.VOLUME, name) for name in sources})


class CopyFiles(Step, frozen=True, kw_only=True):
    """Puts files into a container that has not started; those that are there already are overwritten."""

    container: str
    files: tuple[File, ...]


class StartContainer(Step, frozen=True, kw_only=True):
    """Starts a container."""

    begins = True

    container: str


class UnpauseContainer(Step, frozen=True, kw_only=True):
    """Lets a paused container run on."""

    begins = True

    container: str


class StopContainer(Step, frozen=True, kw_only=True):
    """Stops a container; it is killed after `grace` seconds."""

    container: str
    grace: float


class RemoveContainer(Step, frozen=True, kw_only=True):
    """Removes a container; its anonymous volumes go too only with `volumes`."""

    container: str
    name: str
    volumes: bool = False

    @property
    def removes(self) -> str:
        """See `Step`."""
        return self.container


class RenameContainer(Step, frozen=True, kw_only=True):
    """Gives a container another name."""

    container: str
    name: str


class SignalContainer(Step, frozen=True, kw_only=True):
    """Sends a signal to a container's first process; one that does not run needs none.

    `why` tells people, and tells two signals to one container apart.
    """

    container: str
    signal: str
    why: str = ""


class ExecInContainer(Step, frozen=True, kw_only=True):
    """Runs a command in a container, which must succeed; one that does not run needs none.

    `why`: as for signals.
    """

    container: str
    command: tuple[str, ...]
    why: str = ""


class UpdateContainer(Step, frozen=True, kw_only=True):
    """Changes limits and restart policy of a container as it is."""

    container: str
    body: Mapping[str, Any]


class ConnectNetwork(Step, frozen=True, kw_only=True):
    """Attaches a container to a network, with all of its endpoint's settings."""

    container: str
    network: str
    endpoint: Mapping[str, Any]

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return frozenset({(Kind.NETWORK, self.network)})


class DisconnectNetwork(Step, frozen=True, kw_only=True):
    """Takes a container off a network."""

    container: str
    network: str

    def leaves(self, unit: str, network: str) -> bool:
        """See `Step`."""
        return (self.container, self.network) == (unit, network)


class WaitHealthy(Step, frozen=True, kw_only=True):
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


class WaitCompleted(Step, frozen=True, kw_only=True):
    """Waits until the container has ended, which it must with exit code 0."""

    awaits = True

    container: str
    within: float


class Pause(Step, frozen=True, kw_only=True):
    """Lets some seconds pass."""

    seconds: float
