"""What differs at this moment, and taking away as much of it as can be and is meant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from msgspec import Struct

from cli.advice import advice
from cli.identity import byline
from cli.locking import held
from cli.planning import Choice, Draft, draft
from cli.report.plan import CREATE, REMOVE, ChangeLine, Plan
from cli.report.status import DRIFTED
from cli.watching.engine import Connection
from cli.world import World
from reconciler.address import Kind
from reconciler.diff import Cause, Change
from reconciler.engine import Reader
from reconciler.executor import Result, execute
from topology.load import Loaded
from topology.structs import replace


class Sight(Struct, frozen=True, kw_only=True):
    """What one look has shown: the whole difference that is meant."""

    draft: Draft
    choice: Choice

    @property
    def report(self) -> Plan:
        """It, in words."""
        return self.draft.report

    @property
    def blocked(self) -> frozenset[str]:
        """What cannot be changed now: something is in its way, or in the way of what it follows."""
        obstacles = self.draft.plan.obstacles
        found = {str(one.address) for one in obstacles}
        if any(one.address.kind is not Kind.SERVICE for one in obstacles):
            found |= {str(one.address) for one in self.draft.plan.changes if _follows(one)}
        return frozenset(found)


class Failure(Struct, frozen=True, kw_only=True):
    """A step that could not be done."""

    address: str
    error: str
    hints: tuple[str, ...]


class Mended(Struct, frozen=True, kw_only=True):
    """The addresses that were worked on, and what could not be done."""

    addresses: frozenset[str]
    failures: tuple[Failure, ...] = ()


NOTHING = Mended(addresses=frozenset())


def seen(read: Loaded, reader: Reader, called: str, *, follow: bool) -> Sight:
    """Looks.

    Raises:
        EngineError: the engine could not be asked.
    """
    stack = read.stack
    history = reader.history(stack.name, stack.owner or stack.name)
    known = frozenset(history[-1].wanted) if history else frozenset[str]()
    choice = Choice(drift_only=not follow, known=known)
    return Sight(draft=draft(read, reader, called, choice), choice=choice)


def mended(
    sight: Sight,
    left: Iterable[str],
    read: Loaded,
    *,
    on: Connection,
    world: World,
    stop: threading.Event,
    notice: Callable[[Iterable[ChangeLine]], None],
) -> Mended:
    """Looks again, while nobody else can change the stack, and takes away what differs then, but for `left`.

    `notice` is told what that is before any of it is done: some may have come about since the last look.

    Raises:
        CommandError: with code REFUSED, when somebody else is changing the stack.
        EngineError: the engine could not be asked.
    """
    choice = replace(sight.choice, left=frozenset(left))
    engine = on.engine
    with held(engine, read.stack.name, "watch", world):
        now = draft(read, engine, on.called, choice)
        if not now.plan.needs or now.plan.obstacles or stop.is_set():
            return NOTHING
        notice(now.report.changes)
        if any(_is_asked(change, choice) for change in now.report.changes):
            engine.remember(now.desired, now.observed, byline(world), now.left)
        engine.heeds(stop)
        ended = execute(now.plan, engine.run, stop=stop)
    failures = (
        Failure(
            address=str(done.step.address),
            error=done.error.partition("\n")[0],
            hints=(*done.error.splitlines()[1:], *advice(done, read.source.find)),
        )
        for done in ended.having(Result.FAILED)
    )
    worked = {str(done.step.address) for done in ended.steps}
    changed = {str(change.address) for change in now.plan.changes}
    return Mended(addresses=frozenset(worked & changed), failures=tuple(failures))


def _follows(change: Change) -> bool:
    return any(field.cause is Cause.NEEDED for field in change.fields)


def _is_asked(change: ChangeLine, choice: Choice) -> bool:
    """Whether the file asks for it, so that it is no mere repair."""
    if change.action == CREATE:
        return change.address not in choice.known
    return change.action == REMOVE or any(field.cause not in DRIFTED for field in change.fields)
