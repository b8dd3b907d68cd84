"""What is wanted and what is there, in one vocabulary, so that the two can be compared.

A *spec* is a mapping from the field names of `fields.py` to canonical JSON values; a field that is not
set is not in it. Wanted specs come from the stack, recorded ones from labels and the journal, live ones
from what the engine reports.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from reconciler.address import Address, Kind
from reconciler.contents import File, Missing, Sealed, seal
from reconciler.surroundings import NOT_ASKED, Surroundings
from topology.models import Build, Condition, Notice, Ready, UpdateConfig

Spec: TypeAlias = Mapping[str, Any]
"""Field name → canonical JSON value. Never holds None: what is unset is absent."""


UNFETCHED: Final = frozenset({"never", "build"})
"""Policies by which nobody fetches an image."""


class Status(enum.Enum):
    """What a container is doing, in the engine's words."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    REMOVING = "removing"
    EXITED = "exited"
    DEAD = "dead"


class Health(enum.Enum):
    """What a container's health check says."""

    NONE = "none"
    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class Granularity(enum.Enum):
    """What a unit is: one container, or a service whose containers the engine itself looks after."""

    CONTAINER = "container"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What this engine can do, as far as plans depend on it; read off what it says of itself.

    Attributes:
        version: of the engine, such as "20.10.24".
        api: the API version both sides speak, such as (1, 41).
        granularity: what it is told to run, and looked at by.
    """

    version: str
    api: tuple[int, int]
    granularity: Granularity = Granularity.CONTAINER

    @property
    def networks_at_create(self) -> bool:
        """Whether a container can be created on several networks at once (API 1.44, moby#45906)."""
        return self.api >= (1, 44)

    @property
    def start_interval(self) -> bool:
        """Whether a health check may have a start interval (API 1.44); older engines drop it."""
        return self.api >= (1, 44)

    @property
    def gateway_priority(self) -> bool:
        """Whether an endpoint has a gateway priority (API 1.48); older engines ignore it."""
        return self.api >= (1, 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """What an image gives to containers that do not say otherwise."""

    id: str
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    exposed: frozenset[str] = frozenset()
    user: str = ""
    working_dir: str = ""
    stop_signal: str = ""
    volumes: frozenset[str] = frozenset()
    healthcheck: Mapping[str, Any] | None = None


NO_IMAGE = ImageConfig(id="")
"""Stands for an image that the engine no longer has: nothing can be subtracted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One wanted container.

    Attributes:
        needs: what must be so before it starts: service name → condition, for each of its replicas.
        job: it is meant to end: another service waits for its completion.
        ready: when it is ready, beside what its health check says.
        within: how long it may take to become healthy and ready, in seconds.
        grace: how long it gets to stop, in seconds.
        pull: when its image is fetched: "always", whenever a container is made; "never", by nobody here.
        renew: after how many seconds the registry is asked whether it has a newer image; None for never.
        files: what is copied into it before it starts.
        notices: target of a mounted file → what the running container is told when that changes.
        hears: service → what the running container is told when other containers of that run.
        start_first: its replacement may run beside it (nothing that only one of them can hold).
        update: how its replicas are replaced.
        ignores: fields, or single entries of them as `FIELD.KEY`, that others may change.
        joins_late: networks, by their engine names, that a replacement joins once it is healthy.
        disclosed: the variables that the stack file itself says; what others hold is shown nowhere.
    """

    address: Address
    name: str
    spec: Spec
    needs: Mapping[str, Condition] = field(default_factory=dict)
    build: Build | None = None
    job: bool = False
    ready: Ready | None = None
    within: float = 60.0
    grace: float = 10.0
    pull: str = "missing"
    renew: float | None = None
    files: tuple[File, ...] = ()
    notices: Mapping[str, Notice] = field(default_factory=dict)
    hears: Mapping[str, Notice] = field(default_factory=dict)
    start_first: bool = True
    update: UpdateConfig = field(default_factory=UpdateConfig)
    ignores: frozenset[str] = frozenset()
    joins_late: frozenset[str] = frozenset()
    disclosed: frozenset[str] = frozenset()

    @property
    def image(self) -> str:
        """The reference of the image it runs."""
        return str(self.spec["image"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A wanted network or volume. An external one must be there and is never changed."""

    address: Address
    name: str
    spec: Spec
    external: bool = False
    protect: bool = False

    @property
    def spans_hosts(self) -> bool:
        """Whether it is a network over the hosts of a Swarm, which is ours to make."""
        return self.spec.get("driver") == "overlay" and not self.external


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """All that a stack wants, by address, and under whose name; `missing` is what cannot be had.

    `kept` are the secrets and configs that the engine keeps by itself, and `sealed` is what they hold.
    Networks get their subnets from `subnet_pool`. `drawn` and `older` are as in `Contents`.
    """

    stack: str
    owner: str
    units: Mapping[Address, Unit] = field(default_factory=dict)
    networks: Mapping[Address, Shared] = field(default_factory=dict)
    volumes: Mapping[Address, Shared] = field(default_factory=dict)
    kept: Mapping[Address, Shared] = field(default_factory=dict)
    sealed: Mapping[Address, Sealed] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    subnet_pool: str | None = None
    drawn: str = field(default="", repr=False)
    older: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def seal(self) -> str:
        """What digests in labels are keyed with."""
        return seal(self.stack, self.drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run of a service on a node, as the engine tells it.

    Attributes:
        slot: which replica it is; 0 for a service that runs once on every node.
        node: the name of the node; "" while none is found.
        state: in Swarm's words, such as running, pending or failed.
        desired: what it is meant to become: running, or shutdown for one that has been replaced.
        said: why it waits, or how it failed.
        since: when it came into this state, as the engine writes it.
    """

    id: str
    slot: int
    node: str
    state: str
    desired: str
    said: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveUnit:
    """One container of the stack that exists, or one service.

    Attributes:
        spec: what it is, read back field by field.
        recorded: what topo last told it to be; None when neither journal nor label can be read.
        made: what topo made it to be, as its label says.
        image: what its image gives, needed to tell a default from a difference.
        started_at: as the engine writes it; "" if it never ran.
        anonymous: destination → name of each volume that only this container knows.
        tasks: of a service, what runs for it, and what failed last; None of a container.
    """

    address: Address
    id: str
    name: str
    spec: Spec
    recorded: Spec | None
    status: Status
    made: Spec | None = None
    health: Health = Health.NONE
    exit_code: int = 0
    error: str = ""
    started_at: str = ""
    created_at: str = ""
    image: ImageConfig = NO_IMAGE
    anonymous: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Task, ...] | None = None

    @property
    def serving(self) -> bool:
        """Runs, and no health check says otherwise."""
        return self.status is Status.RUNNING and self.health in {Health.NONE, Health.HEALTHY}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveShared:
    """A network or volume that exists.

    Attributes:
        address: None when it is not ours.
        id: a network's id; a volume's name.
        kind: of a secret or config, which of the two.
        members: for a network, the containers attached to it in any state: id → name.
        protect: it was made to stay.
        subnets: of a network, as the engine has them.
        node: of a volume, the node of a Swarm that has it.
    """

    address: Address | None
    id: str
    name: str
    spec: Spec
    recorded: Spec | None = None
    owner: str = ""
    stack: str = ""
    members: Mapping[str, str] = field(default_factory=dict)
    protect: bool = False
    kind: Kind = Kind.NETWORK
    subnets: tuple[str, ...] = ()
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Any container of the engine, ours or not, with what it keeps others from taking."""

    id: str
    name: str
    stack: str = ""
    owner: str = ""
    ports: frozenset[tuple[str, int, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that the engine has under a wanted reference.

    `build` is the digest of the context it was built from, if topo built it; `platform` is what it is made
    for, such as linux/amd64, where the engine says so. `digests` are what registries know it by; `newest` is
    what the registry has under the reference now, where it was asked.
    """

    config: ImageConfig
    build: str = ""
    platform: str = ""
    digests: tuple[str, ...] = ()
    newest: str = ""

    @property
    def is_outdated(self) -> bool:
        """The registry has another one."""
        return bool(self.newest) and self.newest not in self.digests

    def suits(self, wanted: str | None) -> bool:
        """Whether it is made for a platform, which may leave open what kind of a processor it means."""
        said = zip((wanted or "").split("/"), self.platform.split("/"), strict=False)
        return not wanted or not self.platform or all(one == other for one, other in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What topo noted about containers that it changed in place.

    Attributes:
        names: the journal volumes that exist, oldest first.
        specs: container id → what it was last told to be, from the newest.
    """

    names: tuple[str, ...] = ()
    specs: Mapping[str, Spec] = field(default_factory=dict)


Marks: TypeAlias = Mapping[str, Mapping[str, str]]
"""The id of a container or network, or a volume's name → labels that it would carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What was taken over from others.

    Attributes:
        names: the volumes that note it, oldest first; the newest counts.
        labels: what each thing would carry if topo had made it.
    """

    names: tuple[str, ...] = ()
    labels: Marks = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the engine has, as far as one stack is concerned, at one moment.

    Attributes:
        units: all containers of the stack; several may claim one address after a crash.
        networks: all networks of the engine, foreign ones too, for names and overlaps.
        kept: the secrets and configs that the engine keeps by itself.
        nodes: all nodes that services may run on, as far as the engine has more than itself.
        idle: the nodes that take no tasks now, each with the reason, such as `east (down)`.
        volumes: the stack's volumes, and foreign ones that a wanted name meets.
        distant: node of a Swarm that there is no way to → the stack's volumes that its tasks have used.
        holders: every container of the engine.
        images: reference → image, for each wanted reference that the engine has.
        builds: service → digest of its build context now.
        history: the volumes that tell what was applied, oldest first.
        adopted: what was taken over from others.
        around: what networks that are to be made have to fit in.
        builders: service → who makes its image, in words, where it has to be made.
    """

    traits: Traits
    units: tuple[LiveUnit, ...] = ()
    networks: tuple[LiveShared, ...] = ()
    volumes: tuple[LiveShared, ...] = ()
    distant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: tuple[LiveShared, ...] = ()
    nodes: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()
    images: Mapping[str, Image] = field(default_factory=dict)
    builds: Mapping[str, str] = field(default_factory=dict)
    journal: Journal = Journal()
    history: tuple[str, ...] = ()
    adopted: Adopted = Adopted()
    around: Surroundings = NOT_ASKED
    builders: Mapping[str, str] = field(default_factory=dict)
