"""What became of a plan."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from msgspec.structs import asdict

from cli.exits import Exit
from cli.report.plan import ChangeLine, Plan

DONE, FAILED, SKIPPED = "done", "failed", "skipped"


class DoneLine(Struct, frozen=True, kw_only=True):
    """How one step ended. `hints` say what is behind a failure, and where the file asks for it.

    Of a step that is done they say what went wrong on the way.
    """

    address: str
    text: str
    result: str
    seconds: float
    error: str = ""
    hints: tuple[str, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """What apply or destroy did.

    `remaining` are steps that an interruption kept from beginning; `unconverged` is what still differed
    when the engine was looked at again, None if it was not. `seconds` counts from the first step.
    `taken_back` are services that failed and are now as they were before.
    """

    kind: ClassVar[str] = "apply"

    plan: Plan
    steps: tuple[DoneLine, ...] = ()
    remaining: tuple[str, ...] = ()
    interrupted: bool = False
    unconverged: tuple[ChangeLine, ...] | None = None
    seconds: float = 0.0
    taken_back: tuple[str, ...] = ()

    @property
    def code(self) -> Exit:
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.plan.obstacles or self.unconverged or self.having(FAILED):
            return Exit.FAILED
        return Exit.DONE

    def having(self, result: str) -> tuple[DoneLine, ...]:
        """The steps that ended so."""
        return tuple(step for step in self.steps if step.result == result)


class Adoption(Outcome, frozen=True, kw_only=True):
    """What adopt did."""

    kind: ClassVar[str] = "adopt"


def adopted(outcome: Outcome) -> Adoption:
    """The outcome of an adoption."""
    return Adoption(**asdict(outcome))


class Distant(Struct, frozen=True, kw_only=True):
    """Volumes of the stack on a node of a Swarm that there was no way to."""

    node: str
    volumes: tuple[str, ...]


class Removal(Outcome, frozen=True, kw_only=True):
    """What destroy did. `kept` are the volumes that it left alone, `distant` those that it did not get at."""

    kind: ClassVar[str] = "destroy"

    kept: tuple[str, ...] = ()
    distant: tuple[Distant, ...] = ()


def removed(outcome: Outcome, kept: tuple[str, ...], distant: tuple[Distant, ...] = ()) -> Removal:
    """The outcome of a destroy."""
    return Removal(kept=kept, distant=distant, **asdict(outcome))
