"""Watching a stack: whenever something may have happened, look, and act on what is seen then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property, partial
from typing import Final

from msgspec import Struct, field

from cli.exits import Exit
from cli.faults import CommandError
from cli.report.news import Event
from cli.report.plan import ChangeLine
from cli.watching.engine import Connection
from cli.watching.inbox import Back, Happened, Lost, Message, Reread, Stop
from cli.watching.mending import Mended, Sight, mended, seen
from cli.watching.meters import Meters
from cli.watching.rereading import STILL, Rereading
from cli.watching.telling import Teller
from cli.world import World
from reconciler.address import ADDRESS, STACK
from reconciler.adoption import is_note
from reconciler.engines.daemon import Json
from reconciler.errors import EngineError
from reconciler.pace import Pace
from reconciler.state import Desired, Observed
from topology.load import Loaded

_ENGINE = "engine"
"""What the trouble of not being able to look is filed under."""
_LOCK_PAUSE = 1.0
_CLEARING: Final = frozenset({"destroy", "die", "disconnect", "remove", "rename", "update"})
"""What frees a name, a port or a range."""


class _GivenUp(BaseException):
    """The look that is under way is not wanted any more."""


class Looking:
    """A look that changes nothing, and can be given up from a signal's handler.

    On a busy machine looking at hundreds of containers takes long, and who asks for an end waits for it.
    """

    def __init__(self) -> None:
        self._is_on = False

    def __enter__(self) -> None:
        self._is_on = True

    def __exit__(self, *_: object) -> None:
        self._is_on = False

    def give_up(self) -> None:
        """Ends the look, and with it the watching, if one is under way in this thread."""
        if self._is_on:
            self._is_on = False
            raise _GivenUp


class Mode(Struct, frozen=True, kw_only=True):
    """`heals` what drifted; `follows` what the file says as well."""

    heals: bool = True
    follows: bool = False


class Known(Struct, kw_only=True):
    """What the events that matter are about."""

    stack: str
    networks: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()

    def learn(self, desired: Desired, observed: Observed) -> None:
        """What is wanted and there now."""
        self.networks = frozenset(one.name for one in desired.networks.values())
        self.volumes = frozenset(one.name for one in desired.volumes.values())
        self.containers = frozenset(one.id for one in observed.units)

    def concerns(self, event: Json) -> bool:
        """Whether the stack may be another one after it."""
        actor = event.get("Actor") or {}
        said: Mapping[str, str] = actor.get("Attributes") or {}
        kind = event.get("Type")
        if kind == "network":
            return said.get("name") in self.networks or said.get("container") in self.containers
        if kind == "volume":
            name = str(actor.get("ID", ""))
            return name in self.volumes or is_note(name, self.stack)
        ours = said.get(STACK) == self.stack and ADDRESS in said
        return ours or actor.get("ID") in self.containers


class Watch(Struct, kw_only=True, dict=True):
    """One stack on one engine.

    Attributes:
        reread: gives the stack where its files have changed, or where they must be read.
        hear: gives the next message, or None after so many seconds without any.
        looking: gives up a look that changes nothing.
        poll: how often to look after the files, in seconds, where they are followed or in the way.
    """

    read: Loaded
    reread: Rereading
    on: Connection
    mode: Mode
    pace: Pace
    hear: Callable[[float], Message | None]
    tell: Teller
    world: World
    stop: threading.Event
    looking: Looking = field(default_factory=Looking)
    meters: Meters = field(default_factory=Meters)
    poll: float = 1.0
    _drift: dict[str, ChangeLine] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)
    _working: set[str] = field(default_factory=set)
    _obstacles: set[tuple[str, str]] = field(default_factory=set)
    _is_lost: bool = False
    _is_half_back: bool = False
    _is_waiting: bool = False

    @cached_property
    def _known(self) -> Known:
        return Known(stack=self.read.stack.name)

    def run(self) -> None:
        """Until somebody asks for an end."""
        with suppress(_GivenUp):
            self._run()

    def _run(self) -> None:
        while not self.stop.is_set():
            wait = self.pace.wait()
            polls = self.mode.follows or bool(self._obstacles)
            message = self.hear(min(wait, self.poll) if polls else wait)
            if message is not None:
                self._heed(message)
            elif self.pace.wait() <= 0.0:
                self.look()
            elif polls:
                self._read_again(must=False)

    def _heed(self, message: Message) -> None:
        if isinstance(message, Stop):
            self.stop.set()
        elif isinstance(message, Happened):
            self.meters.heard()
            if self._known.concerns(message.event) or self._clears(message.event):
                self.pace.noticed()
        elif isinstance(message, Lost):
            self._lose(message.error)
        elif isinstance(message, Back):
            self._return()
        elif isinstance(message, Reread):
            self._read_again(must=True)
            self.pace.within(0.0)

    def _clears(self, event: Json) -> bool:
        """Whether what is in the way may be gone: whatever that is, it is none of ours."""
        return bool(self._obstacles) and event.get("Action") in _CLEARING

    def _lose(self, error: EngineError) -> None:
        self._is_half_back = False
        if not self._is_lost:
            self._is_lost = True
            self.meters.reachable(False)
            self.tell(Event.LOST, message=str(error))

    def _return(self) -> None:
        """Whatever happened while nobody listened was missed: so look."""
        if self._is_lost:
            try:
                self.on.renew()
            except (EngineError, CommandError):  # gone again, which the listener tells, or not ready yet
                self._is_half_back = True
                self.pace.tried(_ENGINE, done=False)
                return
            self._is_lost = self._is_half_back = False
            self.tell(Event.BACK, message=self.on.called)
        self.meters.reachable(True)
        self.pace.within(0.0)

    def _read_again(self, *, must: bool) -> None:
        found = self.reread(must)
        if found is not None:
            self.read = found
            self.tell(Event.READ)
            self.pace.within(0.0)

    def look(self) -> None:
        """Looks once, tells what has changed since the last look, and mends what may be mended."""
        self._read_again(must=False)
        since = self.pace.looked()
        if self.reread.is_moving:
            self.pace.within(STILL)
        if self._is_half_back:
            self._return()
            return
        self.meters.looked()
        follows = self.mode.follows and not self.reread.is_moving
        try:
            with self.looking:
                sight = seen(self.read, self.on.reader, self.on.called, follow=follows)
            self._known.learn(sight.draft.desired, sight.draft.observed)
            self._compare(sight, since)
            if self.mode.heals:
                self._mend(sight, since)
        except EngineError as error:
            self._fail(str(error))
        except CommandError as error:
            if error.code is not Exit.REFUSED:
                self._fail(error.message)
            else:
                self._wait(error.message)

    def _fail(self, message: str) -> None:
        pause = self.pace.tried(_ENGINE, done=False)
        if not self._is_lost:
            self.tell(Event.FAILED, message=message, retry_in=pause)

    def _wait(self, message: str) -> None:
        if not self._is_waiting:
            self.tell(Event.WAITING, message=message)
        self._is_waiting = True
        self.pace.within(_LOCK_PAUSE)

    def _compare(self, sight: Sight, since: float) -> None:
        """Tells what is new, and what is in order again."""
        now = {change.address: change for change in sight.report.changes}
        for address in [address for address in self._drift if address not in now]:
            del self._drift[address]
            took = self.pace.clock() - self._since.pop(address, since)
            self._tell_end(address, took)
        self._notice(sight.report.changes, since)
        self._working.clear()
        self.meters.drifting(len(now))
        obstacles = {(one.address, one.message) for one in sight.report.obstacles}
        for one in sight.report.obstacles:
            if (one.address, one.message) not in self._obstacles:
                self.tell(Event.OBSTACLE, address=one.address, message=one.message, hints=(one.mend,))
        self._obstacles = obstacles

    def _notice(self, changes: Iterable[ChangeLine], since: float) -> None:
        """Tells what was not so before."""
        for change in changes:
            if self._drift.get(change.address) != change:
                self.tell.drift(change)
            self._drift[change.address] = change
            self._since.setdefault(change.address, since)

    def _tell_end(self, address: str, took: float) -> None:
        if address in self._working:
            self.meters.healed(took)
            self.tell(Event.HEALED, address=address, seconds=round(took, 3))
        else:
            self.tell(Event.SETTLED, address=address)

    def _mend(self, sight: Sight, since: float) -> None:
        left = sight.blocked | self.pace.resting
        if not any(change.address not in left for change in sight.report.changes):
            self._is_waiting = False
            return
        done = mended(
            sight,
            left,
            self.read,
            on=self.on,
            world=self.world,
            stop=self.stop,
            notice=partial(self._notice, since=since),
        )
        self._is_waiting = False
        self._account(done)
        self.pace.within(0.0 if done.addresses else _LOCK_PAUSE)

    def _account(self, done: Mended) -> None:
        failed = {one.address for one in done.failures}
        for address in done.addresses | failed:
            pause = self.pace.tried(address, done=address not in failed)
            for one in done.failures:
                if one.address == address:
                    self.meters.failed()
                    self.tell(
                        Event.FAILED, address=address, message=one.error, hints=one.hints, retry_in=pause
                    )
        self._working |= done.addresses - failed
