"""What became of a plan."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from cli.exits import Exit
from cli.report.plan import ChangeLine, Plan

DONE, FAILED, SKIPPED = "done", "failed", "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneLine:
    """How one step ended. `hints` say what is behind a failure, and where the file asks for it.

    Of a step that is done they say what went wrong on the way.
    """

    address: str
    text: str
    result: str
    seconds: float
    error: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption(Outcome):
    """What adopt did."""

    kind: ClassVar[str] = "adopt"


def adopted(outcome: Outcome) -> Adoption:
    """The outcome of an adoption."""
    return Adoption(**{each.name: getattr(outcome, each.name) for each in fields(outcome)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Distant:
    """Volumes of the stack on a node of a Swarm that there was no way to."""

    node: str
    volumes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(Outcome):
    """What destroy did. `kept` are the volumes that it left alone, `distant` those that it did not get at."""

    kind: ClassVar[str] = "destroy"

    kept: tuple[str, ...] = ()
    distant: tuple[Distant, ...] = ()


def removed(outcome: Outcome, kept: tuple[str, ...], distant: tuple[Distant, ...] = ()) -> Removal:
    """The outcome of a destroy."""
    return Removal(
        kept=kept, distant=distant, **{each.name: getattr(outcome, each.name) for each in fields(outcome)}
    )
