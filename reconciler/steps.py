"""What a plan is made of. Data only; one step is one call to the engine.

Old objects are named by their ids, new ones by names that topo chooses, so no step needs an answer of
another one and a plan can be written down before it is carried out. Every step can be repeated: what is
already done counts as done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from reconciler.address import Address, Kind
from reconciler.contents import File, Sealed
from topology.models import Build, Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call to the engine, on behalf of `address`.

    What a plan has to know of a step to put it in order, every kind of step says of itself:

    Attributes:
        begins: a unit starts to run, or runs as another one.
        awaits: it lasts until a unit runs as it should.
        records: afterwards the unit's own labels say what it is wanted to be.
    """

    begins: ClassVar[bool] = False
    awaits: ClassVar[bool] = False
    records: ClassVar[bool] = False

    address: Address

    @property
    def uses(self) -> frozenset[Named]:
        """What must be there, by kind and the engine's name, as far as a plan may make it."""
        return frozenset()

    @property
    def removes(self) -> str:
        """The id of the unit that it removes; "" when it removes none."""
        return ""

    def leaves(self, unit: str, network: str) -> bool:
        """Whether a unit is off a network once it is done."""
        return bool(unit) and self.removes == unit


Named: TypeAlias = tuple[Kind, str]
"""A thing by its kind and the name that the engine has for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullImage(Step):
    """Fetches an image from its registry; without a platform, that of the engine."""

    reference: str
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildImage(Step):
    """Builds an image and labels it with the digest of its context, so that it is built once."""

    reference: str
    build: Build = field(hash=False)
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateNetwork(Step):
    """Creates a network; one of ours that is already there is fine."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveNetwork(Step):
    """Removes a network by its id."""

    network: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateVolume(Step):
    """Creates a volume; the engine returns an existing one unchanged."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVolume(Step):
    """Removes a volume with all it holds; only ever planned when asked for. `node` of a Swarm has it."""

    name: str
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJournal(Step):
    """Notes what was changed in place, so that a later difference has the right cause."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Step):
    """Notes which things of others are the stack's from now on, and what each of them is."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropJournal(Step):
    """Removes a journal, or another note, that a newer one has replaced."""

    name: str


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
class Pause(Step):
    """Lets some seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitCompleted(Step):
    """Waits until the container has ended, which it must with exit code 0."""

    awaits = True

    container: str
    within: float


def _used_by(body: Mapping[str, Any]) -> frozenset[Named]:
    template = body.get("TaskTemplate", {})
    container = template.get("ContainerSpec", {})
    return frozenset(
        {
            *((Kind.NETWORK, str(one["Target"])) for one in template.get("Networks") or ()),
            *((Kind.SECRET, str(one["SecretName"])) for one in container.get("Secrets") or ()),
            *((Kind.CONFIG, str(one["ConfigName"])) for one in container.get("Configs") or ()),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKept(Step):
    """Creates a secret or config, which of the two its address says; one of ours that is there is fine."""

    name: str
    content: Sealed
    labels: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKept(Step):
    """Removes a secret or config that no service uses any more."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateService(Step):
    """Creates a service; one with the same name and labels is fine."""

    begins = True
    records = True

    name: str
    body: Mapping[str, Any] = field(hash=False)

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return _used_by(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateService(Step):
    """Tells a service what it is to be from now on; the engine replaces its tasks as far as they differ.

    With `anew` they are replaced though nothing differs.
    """

    begins = True
    records = True

    service: str
    name: str
    body: Mapping[str, Any] = field(hash=False)
    anew: bool = False

    @property
    def uses(self) -> frozenset[Named]:
        """See `Step`."""
        return _used_by(self.body)

    def leaves(self, unit: str, network: str) -> bool:
        """See `Step`."""
        return self.service == unit and (Kind.NETWORK, network) not in self.uses


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveService(Step):
    """Removes a service, and waits until its tasks have ended."""

    service: str
    name: str

    @property
    def removes(self) -> str:
        """See `Step`."""
        return self.service


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitService(Step):
    """Waits until all tasks of a service run as it says, and an update has come to its end.

    `within` is in seconds and counts from the last task that got further.
    """

    awaits = True

    name: str
    within: float


Creation: TypeAlias = CreateNetwork | CreateVolume | CreateKept
"""The steps that make what others use."""
