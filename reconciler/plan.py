"""A plan: steps, and what each has to wait for, with the changes that they are an answer to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from reconciler.address import Address
from reconciler.contents import NOTHING_DRAWN, Unshown
from reconciler.diff import Change, Difference, Obstacle
from reconciler.surroundings import drawn

if TYPE_CHECKING:
    from reconciler.state import Observed
    from reconciler.steps import Step


class Plan(Struct, frozen=True, kw_only=True):
    """What will be done and why.

    Attributes:
        needs: each step → the steps that must be done before it; acyclic, in a stable order.
        key: what the fingerprint is keyed with, which nobody knows who cannot ask the engine.
        lenient: pairs of a step and one that it waits for, which need not succeed.
        tolerates: service → how many of its replicas may fail until the lenient ones wait no longer.
        images: reference → id of each image that is there and that containers are made from.
        notes: what should be known of it, and keeps nobody from anything.
        ends: what is protected and is ended all the same, for somebody has insisted.
    """

    stack: str
    changes: tuple[Change, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    needs: Mapping[Step, frozenset[Step]] = field(default_factory=dict)
    lenient: frozenset[tuple[Step, Step]] = frozenset()
    tolerates: Mapping[str, int] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    ends: tuple[Address, ...] = ()
    key: Unshown = NOTHING_DRAWN

    def bears(self, step: Step, need: Step, failed: Collection[Address]) -> bool:
        """Whether a step goes on though one that it waits for failed, given all that have failed so far."""
        service = need.address.name
        count = len({at for at in failed if at.name == service})
        return (step, need) in self.lenient and count <= self.tolerates.get(service, 0)

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
        """A digest of all that the plan does; two plans for one engine with one fingerprint do the same.

        It covers values that a plan does not show, and stands in files that people hand around: a plain
        digest would let each of them try whether a password is the one that he guesses. So it is keyed. A
        plan only reads, and there may be nothing of the stack on the engine yet, so the key is what every
        engine has: the ids of its networks `host` and `none`, 512 bits that it drew when it first started
        and keeps. They stand in no plan. Who can ask for them can ask for containers' environments as well.
        """
        lines = sorted(f"{step!r} after {sorted(map(repr, needs))}" for step, needs in self.needs.items())
        lines += sorted(f"{name} may fail {times} times" for name, times in self.tolerates.items())
        lines += sorted(f"{reference} is {image}" for reference, image in self.images.items())
        return hmac.new(self.key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def key_of(observed: Observed) -> Unshown:
    """What fingerprints of plans for this engine are keyed with."""
    return drawn((one.name, one.id) for one in observed.networks)


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
