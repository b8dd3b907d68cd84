"""What a reconciler needs of an engine. A plan gets a `Reader`, which has no way to write."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.adoption import Claim, Wish
    from reconciler.contents import Contents
    from reconciler.diff import Obstacle, UnitChange
    from reconciler.fragment import Fragment
    from reconciler.history import Byline, Entry
    from reconciler.importing import Imported
    from reconciler.lease import Lease
    from reconciler.networks import Network
    from reconciler.state import Desired, Marks, Observed, Traits
    from reconciler.steps import Step
    from reconciler.survey import Survey
    from topology.models import Stack


class Reader(Protocol):
    """Sees, and cannot touch."""

    @property
    def traits(self) -> Traits:
        """What the engine can do."""

    def contents(self, stack: Stack) -> Contents:
        """What the files that a stack names hold now; asks the engine no more than its networks, and once."""

    def observe(self, desired: Desired, also: Marks | None = None) -> Observed:
        """What is there, as far as this stack is concerned. Sends only GET and HEAD.

        `also`: labels that things are taken to carry beside their own.

        Raises:
            EngineError: the engine could not be asked.
        """

    def adoptable(self, desired: Desired, wish: Wish) -> tuple[Claim | Obstacle, ...]:
        """What of others the stack could take over, and what it cannot have. Sends only GET and HEAD."""

    def survey(self, desired: Desired, *, everybody: bool = False) -> Survey:
        """Every running container and every network, as far as packets care. Sends only GET and HEAD.

        Containers that have nothing to do with the stack are known from the list alone, which tells no
        capabilities and no aliases, unless `everybody` is asked for.

        Raises:
            EngineError: the engine could not be asked.
        """

    def lacking(self, desired: Desired, observed: Observed) -> Mapping[str, str]:
        """What keeps those that run from being `ready`, "" for nothing: container id → words.

        Only of those of which it can be seen without changing anything. Sends only GET and HEAD.
        """

    def history(self, stack: str, owner: str) -> tuple[Entry, ...]:
        """What was applied of a stack, the oldest first; asks for the volumes alone."""

    def imported(self, names: Sequence[str]) -> Imported:
        """What a stack file would say of containers that others made: those named, else all that run.

        Raises:
            NotFound: there is none of a name.
            Rejected: it is topo's already.
            EngineError: the engine could not be asked.
        """

    def networks(self) -> tuple[Network, ...]:
        """Every network of the engine, whosever it is, with who is on it.

        Raises:
            EngineError: the engine could not be asked.
        """

    def lower(self, desired: Desired, observed: Observed, change: UnitChange) -> Fragment:
        """The steps that one change of a unit takes on this engine. Pure."""


class Engine(Reader, Protocol):
    """An engine that plans can be carried out on."""

    def remember(
        self, desired: Desired, observed: Observed, byline: Byline, left: Collection[str] = ()
    ) -> None:
        """Writes down what is about to be applied, and forgets what was long before.

        `left` are the addresses that stay as they are, whatever the stack wants there.
        """

    def regret(self, stack: str, owner: str) -> None:
        """Writes down that what was remembered last has failed: a rollback does not go there."""

    def leases(self, stack: str) -> tuple[Lease, ...]:
        """Who may change a stack now, or died while it did."""

    def claim(self, asked: Lease, is_dead: Callable[[Lease], bool]) -> Lease:
        """The lease that holds now: `asked`, known by its token, or somebody else's. See `lease.claim`."""

    def release(self, lease: Lease) -> None:
        """Gives a lease back; one that is gone already is fine."""

    def tells(self, tell: Callable[[Step, str], None]) -> None:
        """Says who is told how far a step has come; he may be called from several threads."""

    def heeds(self, stop: threading.Event) -> None:
        """Says what ends waiting: once it is set, a step that only looks is given up."""

    def run(self, step: Step) -> tuple[str, ...] | None:
        """Carries out one step; what is already done counts as done.

        What went wrong on the way, and keeps nothing from being as it is to be, is given back, a line each.

        Raises:
            EngineError: it could not be done.
            Halted: it was waited for, and is no longer.
        """
