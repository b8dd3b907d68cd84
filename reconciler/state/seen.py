"""What the engine has, and what it can do."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.address import Address, Kind
from reconciler.state.images import NO_IMAGE, Image, ImageConfig
from reconciler.state.noted import Adopted, Journal
from reconciler.state.spec import Spec
from reconciler.surroundings import NOT_ASKED, Surroundings
from topology.findings import Missing
from topology.models import Build
from topology.mounts import is_image


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


class Traits(Struct, frozen=True, kw_only=True):
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
    def bound_to_network(self) -> bool:
        """Whether a container needs the network that it was made for, also once it has left that.

        Without it, it neither starts nor is attached to another while it runs; before API 1.44 it is.
        """
        return self.api >= (1, 44)

    @property
    def start_interval(self) -> bool:
        """Whether a health check may have a start interval (API 1.44); older engines drop it."""
        return self.api >= (1, 44)

    @property
    def gateway_priority(self) -> bool:
        """Whether an endpoint has a gateway priority (API 1.48); older engines ignore it."""
        return self.api >= (1, 48)


class Rolling(enum.Enum):
    """How far an engine that replaces by itself what runs for a unit has come with that."""

    UNDER_WAY = "updating"
    PAUSED = "update paused"
    GOING_BACK = "rolling back"
    TAKEN_BACK = "rolled back"


class Roll(Struct, frozen=True, kw_only=True):
    """An update that the engine carries out by itself, and which is not at the end that was asked for.

    Attributes:
        said: the engine's own words.
        since: when it began, as the engine writes it.
    """

    state: Rolling
    said: str = ""
    since: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether it comes to an end by itself."""
        return self.state in {Rolling.UNDER_WAY, Rolling.GOING_BACK}


class Task(Struct, frozen=True, kw_only=True):
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

    @property
    def is_late(self) -> bool:
        """Whether it is to run, at once or after a pause, and does not; until it is healthy it does not."""
        return self.desired in {"ready", "running"} and self.state != "running"


class LiveUnit(Struct, frozen=True, kw_only=True):
    """One container of the stack that exists, or one service.

    Attributes:
        spec: what it is, read back field by field.
        recorded: what topo last told it to be; None when neither journal nor label can be read.
        made: what topo made it to be, as its label says.
        image: what its image gives, needed to tell a default from a difference.
        made_for: the network that it was made for, by name or id, whether it is still on it or not.
        started_at: as the engine writes it; "" if it never ran.
        anonymous: destination → name of each volume that only this container knows.
        tasks: of a service, what runs for it, and what failed last; None of a container.
        roll: the update that its engine is at, or gave up; None of a container.
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
    made_for: str = ""
    started_at: str = ""
    created_at: str = ""
    image: ImageConfig = NO_IMAGE
    anonymous: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Task, ...] | None = None
    roll: Roll | None = None

    @property
    def serving(self) -> bool:
        """Runs, and no health check says otherwise."""
        return self.status is Status.RUNNING and self.health in {Health.NONE, Health.HEALTHY}


class LiveShared(Struct, frozen=True, kw_only=True):
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


class Holder(Struct, frozen=True, kw_only=True):
    """Any container of the engine, ours or not, with what it keeps others from taking."""

    id: str
    name: str
    stack: str = ""
    owner: str = ""
    ports: frozenset[tuple[str, int, str]] = frozenset()


class Builder(Struct, frozen=True, kw_only=True):
    """Who makes an image here, and what of its build cannot be had.

    Attributes:
        called: who it is, in words, and why it is not BuildKit where it is not.
        buildkit: it is BuildKit, through `docker buildx`.
        missing: what the image cannot be made without, by paths that start at the build.
        omitted: field of the build → why it is left out, which does not change what runs.
    """

    called: str
    buildkit: bool = False
    missing: tuple[Missing, ...] = ()
    omitted: Mapping[str, str] = field(default_factory=dict)

    def kept(self, build: Build) -> Build:
        """The build without what is left out."""
        less = {name: Build.model_fields[name].default for name in self.omitted}
        if "cache_from" in less:
            less["cache_from"] = tuple(filter(is_image, build.cache_from))
        return build.model_copy(update=less) if less else build


class Observed(Struct, frozen=True, kw_only=True):
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
        builders: service → who makes its image, where it has to be made.
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
    journal: Journal = field(default_factory=Journal)
    history: tuple[str, ...] = ()
    adopted: Adopted = field(default_factory=Adopted)
    around: Surroundings = NOT_ASKED
    builders: Mapping[str, Builder] = field(default_factory=dict)
