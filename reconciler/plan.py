"""A plan: steps, and what each has to wait for. Data only; one step is one call to the engine.

Old objects are named by their ids, new ones by names that topo chooses, so no step needs an answer of
another one and a plan can be written down before it is carried out. Every step can be repeated: what is
already done counts as done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.address import Address
from reconciler.contents import File
from reconciler.diff import Change, Difference, Obstacle
from topology.models import Build


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call to the engine, on behalf of `address`."""

    address: Address


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
    """Removes a volume with all it holds; only ever planned when asked for."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJournal(Step):
    """Notes what was changed in place, so that a later difference has the right cause."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropJournal(Step):
    """Removes a journal that a newer one has replaced."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContainer(Step):
    """Creates a container under a name; one with the same name and labels is fine."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFiles(Step):
    """Puts files into a container that has not started; those that are there already are overwritten."""

    container: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartContainer(Step):
    """Starts a container."""

    container: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpauseContainer(Step):
    """Lets a paused container run on."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameContainer(Step):
    """Gives a container another name."""

    container: str
    name: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectNetwork(Step):
    """Takes a container off a network."""

    container: str
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitHealthy(Step):
    """Waits until the health check passes; without one, until the container runs.

    `within` is in seconds and counts from the start of this step.
    """

    container: str
    within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitCompleted(Step):
    """Waits until the container has ended, which it must with exit code 0."""

    container: str
    within: float


class Fragment:
    """A piece of a plan: steps, what each needs, and where it begins and ends.

    Two words build every plan: `then` and `beside`.
    """

    __slots__ = ("first", "last", "needs")

    def __init__(
        self,
        needs: Mapping[Step, frozenset[Step]] | None = None,
        first: frozenset[Step] = frozenset(),
        last: frozenset[Step] = frozenset(),
    ) -> None:
        self.needs: Mapping[Step, frozenset[Step]] = needs or {}
        self.first = first
        self.last = last

    @staticmethod
    def of(*steps: Step) -> Fragment:
        """Steps one after another."""
        whole = NOTHING
        for step in steps:
            only = frozenset({step})
            whole = whole.then(Fragment({step: frozenset()}, only, only))
        return whole

    @staticmethod
    def together(fragments: Iterable[Fragment]) -> Fragment:
        """Fragments side by side."""
        needs: dict[Step, frozenset[Step]] = {}
        first: set[Step] = set()
        last: set[Step] = set()
        for fragment in fragments:
            needs.update(fragment.needs)
            first |= fragment.first
            last |= fragment.last
        return Fragment(needs, frozenset(first), frozenset(last))

    def then(self, after: Fragment) -> Fragment:
        """`after` begins once everything `self` ends with is done."""
        if not self.needs or not after.needs:
            return self if self.needs else after
        joined = {step: after.needs[step] | self.last for step in after.first}
        return Fragment({**self.needs, **after.needs, **joined}, self.first, after.last)

    def beside(self, other: Fragment) -> Fragment:
        """Both at once."""
        return Fragment.together((self, other))

    def waiting(self, step: Step, on: Iterable[Step]) -> Fragment:
        """`step` of this fragment also waits for steps that are elsewhere in the plan."""
        needs = {**self.needs, step: self.needs[step] | frozenset(on)}
        return Fragment(needs, self.first, self.last)

    def __bool__(self) -> bool:
        return bool(self.needs)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.needs)


NOTHING = Fragment()
"""The fragment without steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be done and why.

    Attributes:
        needs: each step → the steps that must be done before it; acyclic, in a stable order.
    """

    stack: str
    changes: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    needs: Mapping[Step, frozenset[Step]] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in an order that respects every need, the same each time."""
        return tuple(ordered(self.needs))

    @property
    def difference(self) -> Difference:
        """What the plan is an answer to."""
        return Difference(changes=self.changes, obstacles=self.obstacles)

    def __bool__(self) -> bool:
        return bool(self.needs or self.obstacles)

    @property
    def fingerprint(self) -> str:
        """A digest of all that the plan does; two plans with one fingerprint do the same."""
        lines = sorted(f"{step!r} after {sorted(map(repr, needs))}" for step, needs in self.needs.items())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def ordered(needs: Mapping[Step, frozenset[Step]]) -> list[Step]:
    """Steps so that each comes after what it needs; ties in the order of the mapping.

    Raises:
        ValueError: two steps wait for each other.
    """
    waiting = {step: {need for need in before if need in needs} for step, before in needs.items()}
    done: list[Step] = []
    while waiting:
        ready = [step for step, before in waiting.items() if not before]
        if not ready:
            raise ValueError(f"steps wait for each other: {sorted(map(repr, waiting))}")
        for step in ready:
            del waiting[step]
        done += ready
        finished = set(ready)
        for step in waiting:
            waiting[step] -= finished
    return done
