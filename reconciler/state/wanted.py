"""What a stack wants."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.address import Address
from reconciler.contents import NOTHING_DRAWN, BuildSecrets, File, Sealed, Unshown, seal
from reconciler.state.spec import Spec
from topology.findings import Missing
from topology.models import Build, Condition, Notice, Ready, UpdateConfig


class Unit(Struct, frozen=True, kw_only=True):
    """One wanted container.

    Attributes:
        needs: what must be so before it starts: service name → condition, for each of its replicas.
        build: how its image is made; no context is another service's any more.
        build_secrets: what its build may read: id → the content, or the file that has it.
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
    build_secrets: BuildSecrets = field(default_factory=dict)
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


class Shared(Struct, frozen=True, kw_only=True):
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


class Desired(Struct, frozen=True, kw_only=True):
    """All that a stack wants, by address, and under whose name; `missing` is what cannot be had.

    `kept` are the secrets and configs that the engine keeps by itself, and `sealed` is what they hold.
    Networks get their subnets from `subnet_pool`. `drawn` and `older` are as in `Contents`. `idle` are the
    services of which no container is wanted.
    """

    stack: str
    owner: str
    units: Mapping[Address, Unit] = field(default_factory=dict)
    networks: Mapping[Address, Shared] = field(default_factory=dict)
    volumes: Mapping[Address, Shared] = field(default_factory=dict)
    kept: Mapping[Address, Shared] = field(default_factory=dict)
    sealed: Mapping[Address, Sealed] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    idle: frozenset[str] = frozenset()
    subnet_pool: str | None = None
    drawn: Unshown = NOTHING_DRAWN
    older: Mapping[str, str] = field(default_factory=dict)

    @property
    def seal(self) -> str:
        """What digests in labels are keyed with."""
        return seal(self.stack, self.drawn)
